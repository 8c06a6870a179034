using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// A month that an older run made, and a process that replaces it and is killed. What stands there afterwards is held,
/// by hash, against the old and the new month, which have been read row by row when they were made.
/// </summary>
public abstract class KillTest(MonthStores stores) : MonthTest(stores)
{
    private readonly Dictionary<string, byte[]> _oldFiles = new(StringComparer.Ordinal);
    private Dictionary<string, string> _old = [], _new = [];

    /// <summary>How many runs were killed so far, and how many of them left the old month.</summary>
    protected (int All, int Old) Kills { get; private set; }

    protected static string[] Arguments(IObjectStore source, IObjectStore destination, int rowsPerFile) =>
        ["aggregate", "--source", source.UriOf(""), "--destination", destination.UriOf(""), "--month", "2024-02", "--rows-per-file", $"{rowsPerFile}", "--threads", "2"];

    /// <summary>Two sources with a reject each; the older run had less of the first.</summary>
    protected async Task PutMonthAsync(int rowsPerFile)
    {
        var options = new AggregationOptions { RowsPerFile = rowsPerFile };
        await PutAsync("2024/02/01/000000.ndjson.gz", [.. LargeEvents(180), "old reject"]);
        await RunAsync(options with { RowsPerFile = rowsPerFile / 4 });
        _old = await HashesAsync();
        foreach (string key in await KeysAsync()) _oldFiles[key] = await BytesAsync(key);
        await PutAsync("2024/02/01/000000.ndjson.gz", [.. LargeEvents(300), "new reject"]);
        await PutAsync("2024/02/29/000000.ndjson", [.. Events(20, first: 1_000_000), "last reject"]);
        await RunAsync(options);
        _new = await HashesAsync();
        Assert.Equal(rowsPerFile == 0 ? 2 : 4, _new.Count);
        Assert.All(_new.Keys.Intersect(_old.Keys), key => Assert.NotEqual(_old[key], _new[key]));
        await RestoreAsync();
    }

    /// <summary>The month is the old or the new one, and a plain rerun makes it the new one; then it is made the old one again.</summary>
    protected async Task AssertOldOrNewAsync(int rowsPerFile)
    {
        var found = await HashesAsync();
        Assert.All(found, file => Assert.True(file.Value == _old.GetValueOrDefault(file.Key) || file.Value == _new.GetValueOrDefault(file.Key), $"{file.Key} is neither old nor new"));
        if (rowsPerFile == 0) Assert.True(found.ContainsKey(Parquet0), $"{Parquet0} is gone");
        Kills = (Kills.All + 1, Kills.Old + (Same(found, _old) ? 1 : 0));

        await new MonthAggregation(Source, Destination, new AggregationOptions { RowsPerFile = rowsPerFile }, TimeProvider.System).RunAsync(Month, Cancellation);

        Assert.True(Same(await HashesAsync(), _new), "the rerun did not make the month new");
        await RestoreAsync();
    }

    public override ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills.All} rounds, {Kills.Old} of them left the old month, the others the new one or some of its files");
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    private async Task RestoreAsync()
    {
        foreach (string key in await KeysAsync()) await Destination.DeleteAsync(key, Cancellation);
        foreach (var (key, bytes) in _oldFiles) await Destination.PutAsync(key, bytes);
        Assert.True(Same(await HashesAsync(), _old));
    }

    private static bool Same(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(file => right.GetValueOrDefault(file.Key) == file.Value);
}
