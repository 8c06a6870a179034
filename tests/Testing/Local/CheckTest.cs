using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Write;
using Xunit;
using Row = System.Collections.Generic.Dictionary<string, object?>;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Writes a month, changes something in it, and checks it.</summary>
public abstract class CheckTest(MonthStores stores) : MonthTest(stores)
{
    private ReadFile _read = new([], [], new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Writes the month in tests/data.</summary>
    protected async Task WriteSampleAsync(RunOptions? options = null)
    {
        string directory = Repository.File("tests", "data", "cloudtrail_daily");
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string key = Path.GetRelativePath(directory, path).Replace('\\', '/');
            await PutBytesAsync(key, await File.ReadAllBytesAsync(path, Cancellation));
        }

        await RunAsync(options);
    }

    private protected async Task<CheckedMonth> CheckAsync(
        bool deduplicate = true, SourceSelection? selection = null, Month? month = null, TimeProvider? time = null)
    {
        var check = new MonthCheck(
            Source,
            Destination,
            selection ?? new SourceSelection(),
            deduplicate,
            time ?? TimeProvider.System,
            new Progress<RunProgress>());
        return await check.RunAsync(month ?? Month, Cancellation);
    }

    /// <summary>Checks the month, which must differ.</summary>
    /// <returns>The message that names the difference.</returns>
    private protected async Task<string> DiffersAsync(
        bool deduplicate = true, SourceSelection? selection = null, Month? month = null) =>
        (await Assert.ThrowsAsync<DifferenceException>(() => CheckAsync(deduplicate, selection, month))).Message;

    /// <summary>Changes rows and metadata of a file.</summary>
    private protected async Task ChangeAsync(
        Action<List<Row>> change, Action<Dictionary<string, string>>? changeMetadata = null, string key = Parquet0)
    {
        byte[] file = await BytesAsync(key);
        if (!file.AsSpan().SequenceEqual(_read.Bytes))
        {
            _read = new ReadFile(file, DuckDbRows.Read([file]), DuckDbRows.Metadata(file));
        }

        List<Row> rows = [.. _read.Rows.Select(row => new Row(row, StringComparer.Ordinal))];
        var metadata = new Dictionary<string, string>(_read.Metadata, StringComparer.Ordinal);
        change(rows);
        changeMetadata?.Invoke(metadata);
        await PutBytesAsync(Destination, key, TamperedFile.Of(rows, metadata));
    }

    /// <summary>The file that was changed last, read once for all changes of a test.</summary>
    private sealed record ReadFile(
        byte[] Bytes,
        IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows,
        IReadOnlyDictionary<string, string> Metadata);
}
