using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Storage;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A month: what is put into its source, runs over it, and the rows that come out. The counts of every report made here
/// are checked against each other and against the files; every run that fails must leave the destination unchanged.
/// </summary>
public abstract class MonthTest(MonthStores stores) : IAsyncLifetime
{
    protected static readonly Month Month = new(2024, 2);

    protected const string Parquet0 = "2024/02/000000.parquet";
    protected const string Parquet1 = "2024/02/000001.parquet";
    protected const string Rejects0 = "_rejected/2024/02/000000.ndjson.gz";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IObjectStore Source { get; private set; } = null!;

    protected IObjectStore Destination { get; private set; } = null!;

    /// <summary>The clock of the runs.</summary>
    protected TimeProvider Time { get; set; } = TimeProvider.System;

    public async ValueTask InitializeAsync() =>
        (Source, Destination) = (await stores.NewAsync(), await stores.NewAsync());

    public virtual async ValueTask DisposeAsync()
    {
        await stores.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A small event of the month.</summary>
    protected static string Event(string id, string time = "2024-02-10T12:00:00Z") =>
        $$"""{"eventID":"{{id}}","eventTime":"{{time}}"}""";

    /// <summary>Small events with the ids from first on.</summary>
    protected static string[] Events(int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(id => Event(id.ToString("D6")))];

    /// <summary>Events of 1,000 bytes that do not compress well: about 1,000 of them fill a chunk.</summary>
    protected static string[] LargeEvents(int count)
    {
        var random = new Random(count);
        byte[] digits = new byte[450];
        return [.. Enumerable.Range(0, count).Select(id =>
        {
            random.NextBytes(digits);
            return LargeEvent($"{id:D6}", $"\"{Convert.ToHexString(digits)}\"");
        })];
    }

    /// <summary>An event as <see cref="LargeEvents"/> makes it.</summary>
    protected static string LargeEvent(string id, string parameters) =>
        $$"""{"eventID":"{{id}}","eventTime":"2024-02-10T12:00:00Z","requestParameters":{{parameters}}}""";

    protected static byte[] Gzip(byte[] bytes)
    {
        var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return gzipped.ToArray();
    }

    /// <summary>The lines as an object, gzipped if its key ends in .gz.</summary>
    protected Task PutAsync(string key, params string[] lines) =>
        PutTextAsync(key, string.Concat(lines.Select(line => line + "\n")));

    protected Task PutTextAsync(string key, string text) => PutTextAsync(key, Encoding.UTF8.GetBytes(text));

    protected Task PutTextAsync(string key, byte[] text) =>
        PutBytesAsync(key, key.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(text) : text);

    protected Task PutBytesAsync(string key, byte[] bytes) => PutBytesAsync(Source, key, bytes);

    /// <summary>Puts the bytes, replacing an existing object.</summary>
    protected static Task PutBytesAsync(IObjectStore store, string key, byte[] bytes) =>
        store.ReplaceAsync(key, bytes);

    /// <summary>The part of the source below a prefix.</summary>
    protected IObjectStore Below(string prefix) => stores.Below(Source, prefix);

    /// <summary>The source and the destination from now on.</summary>
    protected void UseOneStore() => Destination = Source;

    /// <summary>Runs the month and checks the report against the files.</summary>
    protected async Task<MonthResult> RunAsync(
        RunOptions? options = null, IObjectStore? source = null, IObjectStore? destination = null, Month? month = null)
    {
        var report = await Aggregation(options, source, destination).RunAsync(new Unit(month ?? Month), Cancellation);

        byte[][] files = await FilesAsync(report);
        var rows = DuckDbRows.Read(files);
        Assert.Equal(report.Lines, report.Events + report.Duplicates + report.Rejects);
        Assert.Equal(report.Events, rows.Count);
        Assert.Equal(report.Outputs.Select(output => output.Rows), DuckDbRows.Counts(files));
        Assert.Equal(report.Outputs.Select(output => output.Bytes), files.Select(file => file.LongLength));
        Assert.Equal(report.OutputBytes, report.Outputs.Sum(output => output.Bytes));
        Assert.Equal(report.Lines == 0, report.Status == RunStatus.Empty);
        var rejects = report.RejectFile is null ? [] : KeptReject.Parse(await BytesAsync(KeyOf(report.RejectFile)));
        Assert.Equal(report.Rejects, rejects.Count);
        Assert.Empty(await stores.LeftoversAsync());
        return new MonthResult(report, rows, rejects, files);
    }

    /// <summary>Runs the month, which must fail for a reason the operator can fix, and change nothing.</summary>
    protected Task<AggregationException> FailsAsync(
        RunOptions? options = null, IObjectStore? source = null, IObjectStore? destination = null) =>
        FailsAsync<AggregationException>(options, source, destination);

    /// <summary>Runs the month, which must fail and change nothing.</summary>
    protected async Task<TFailure> FailsAsync<TFailure>(
        RunOptions? options = null, IObjectStore? source = null, IObjectStore? destination = null,
        CancellationToken? cancellation = null)
        where TFailure : Exception
    {
        string[] before = await SnapshotAsync();

        var failure = await Assert.ThrowsAnyAsync<TFailure>(
            () => Aggregation(options, source, destination).RunAsync(new Unit(Month), cancellation ?? Cancellation));

        Assert.Equal(before, await SnapshotAsync());
        Assert.Empty(await stores.LeftoversAsync());
        return failure;
    }

    protected async Task<byte[]> BytesAsync(string key) =>
        await Destination.BytesAsync(await Destination.FindAsync(key));

    protected Task<string[]> LeftoversAsync() => stores.LeftoversAsync();

    /// <summary>The SHA-256 of every object of the destination, by key.</summary>
    protected async Task<Dictionary<string, string>> HashesAsync()
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stored in await Destination.ListedAsync(""))
        {
            hashes[stored.Key] = await HashAsync(stored);
        }

        return hashes;
    }

    protected async Task<string> HashAsync(StoredObject stored) =>
        Convert.ToHexString(SHA256.HashData(await Destination.BytesAsync(stored)));

    protected async Task<string[]> KeysAsync() => [.. (await Destination.ListedAsync("")).Select(found => found.Key)];

    protected static string?[] Ids(IEnumerable<IReadOnlyDictionary<string, object?>> rows) =>
        [.. rows.Select(row => (string?)row["event_id"])];

    private AggregationRun Aggregation(RunOptions? options, IObjectStore? source, IObjectStore? destination) =>
        new(source ?? Source, destination ?? Destination, options ?? new RunOptions(), Time);

    private async Task<byte[][]> FilesAsync(RunReport report)
    {
        var files = new List<byte[]>();
        foreach (var output in report.Outputs)
        {
            files.Add(await BytesAsync(KeyOf(output.Uri)));
        }

        return [.. files];
    }

    private string KeyOf(string uri)
    {
        string root = Destination.UriOf("k")[..^1];
        Assert.StartsWith(root, uri, StringComparison.Ordinal);
        return uri[root.Length..];
    }

    /// <summary>Removes every object of the destination.</summary>
    protected async Task ClearAsync()
    {
        foreach (string key in await KeysAsync())
        {
            await Destination.DeleteAsync(key, Cancellation);
        }
    }

    /// <summary>The rows of all Parquet files, file after file in the order of the keys.</summary>
    protected async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> AllRowsAsync()
    {
        List<byte[]> files = [];
        foreach (string key in (await KeysAsync()).Where(key => key.EndsWith(".parquet", StringComparison.Ordinal)))
        {
            files.Add(await BytesAsync(key));
        }

        return DuckDbRows.Read([.. files]);
    }

    /// <summary>Every object of the destination: key, size, ETag and bytes.</summary>
    protected async Task<string[]> SnapshotAsync()
    {
        var objects = new List<string>();
        foreach (var stored in await Destination.ListedAsync(""))
        {
            objects.Add($"{stored} {await HashAsync(stored)}");
        }

        return [.. objects];
    }
}

/// <summary>A run's report and the files it wrote.</summary>
public sealed record MonthResult(
    RunReport Report, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows, IReadOnlyList<KeptReject> Rejects,
    IReadOnlyList<byte[]> Files);
