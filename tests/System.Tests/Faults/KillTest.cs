using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// A month that an older run made, and a process that replaces it and is killed. The result is compared, by hash, with
/// the old and the new month, which were checked row by row when they were made.
/// </summary>
public abstract class KillTest(MonthStores stores) : MonthTest(stores)
{
    private readonly Dictionary<string, byte[]> _oldFiles = new(StringComparer.Ordinal);
    private Dictionary<string, string> _old = [], _new = [];
    private RunOptions _options = new();

    /// <summary>
    /// The number of runs killed before their end, and how many left the old or the new month; the rest left some files
    /// of each.
    /// </summary>
    protected (int All, int Old, int New) Kills { get; private set; }

    /// <summary>The arguments of a run of the month that was put.</summary>
    protected string[] Arguments() =>
        [
            "aggregate", "--source", Source.UriOf(""), "--destination", Destination.UriOf(""), "--month", "2024-02",
            "--rows-per-file", $"{_options.RowsPerFile}", "--threads", "2", "--unit", $"{_options.Unit}",
        ];

    /// <summary>Puts two sources with a reject each; the older run reads fewer events of the first.</summary>
    /// <param name="rowsPerFile">The rows per file of the run.</param>
    /// <param name="layout">Whether the sources are stage 1's files, or a trail's containers.</param>
    /// <param name="unit">Whether the month is written at once or in days.</param>
    protected async Task PutMonthAsync(
        int rowsPerFile, SourceLayout layout = SourceLayout.Daily, UnitKind unit = UnitKind.Month)
    {
        _options = new RunOptions { RowsPerFile = rowsPerFile, Unit = unit };
        await PutSourceAsync(layout, 1, [.. LargeEvents(180), "\"old reject\""]);
        await RunMonthAsync(_options with { RowsPerFile = rowsPerFile / 4 });
        _old = await HashesAsync();
        foreach (string key in await KeysAsync())
        {
            _oldFiles[key] = await BytesAsync(key);
        }

        await PutSourceAsync(layout, 1, [.. LargeEvents(300), "\"new reject\""]);
        await PutSourceAsync(layout, 29, [.. Events(20, first: 1_000_000), "\"last reject\""]);
        await RunMonthAsync(_options);
        _new = await HashesAsync();
        Assert.Equal(unit == UnitKind.Day ? 4 : rowsPerFile == 0 ? 2 : 4, _new.Count);
        Assert.All(_new.Keys.Intersect(_old.Keys), key => Assert.NotEqual(_old[key], _new[key]));
        await RestoreAsync();
    }

    /// <summary>
    /// Kills runs at random moments between the first visible action of a run and its end. A run that ends before the
    /// kill does not count, and another run takes its place.
    /// </summary>
    /// <param name="rounds">The number of kills that must hit a run.</param>
    /// <param name="rowsPerFile">The rows per file of the run.</param>
    /// <param name="killed">
    /// Starts a run, and kills it the given time after its first visible action, or never; returns whether it ended
    /// before the kill, and its time from the first visible action to its end.
    /// </param>
    protected async Task KillAtRandomAsync(
        int rounds, int rowsPerFile, Func<TimeSpan, Task<(bool IsDone, TimeSpan Took)>> killed)
    {
        var random = TestRun.Chance();
        var (isDone, took) = await killed(Timeout.InfiniteTimeSpan);
        Assert.True(isDone);
        await AssertOldOrNewAsync(rowsPerFile, isDone);
        int late = 0;
        while (Kills.All < rounds)
        {
            (isDone, _) = await killed(took * random.NextDouble());
            await AssertOldOrNewAsync(rowsPerFile, isDone);
            late += isDone ? 1 : 0;
            Assert.True(
                late <= rounds + 10,
                $"{late} of {late + Kills.All} kills came after the end of a run that takes "
                + $"{took.TotalMilliseconds:N0} ms");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{took.TotalMilliseconds:N0} ms without a kill; {late} kills came too late and do not count");
    }

    /// <summary>
    /// Checks that the month is the old or the new one and that a plain rerun makes it the new one, then restores the
    /// old one.
    /// </summary>
    /// <param name="rowsPerFile">The rows per file of the run.</param>
    /// <param name="isDone">Whether the run ended, so that the month must be the new one.</param>
    protected async Task AssertOldOrNewAsync(int rowsPerFile, bool isDone)
    {
        var found = await HashesAsync();
        Assert.All(found, file => Assert.True(
            file.Value == _old.GetValueOrDefault(file.Key) || file.Value == _new.GetValueOrDefault(file.Key),
            $"{file.Key} is neither old nor new"));
        if (rowsPerFile == 0 && _options.Unit == UnitKind.Month)
        {
            Assert.True(found.ContainsKey(Parquet0), $"{Parquet0} is gone");
        }

        if (isDone)
        {
            Assert.True(Same(found, _new), "The run ended, but the month is not the new one.");
        }
        else
        {
            Kills = (Kills.All + 1, Kills.Old + (Same(found, _old) ? 1 : 0), Kills.New + (Same(found, _new) ? 1 : 0));
        }

        await RunMonthAsync(_options);
        Assert.True(Same(await HashesAsync(), _new), "The rerun did not make the month the new one.");
        await RestoreAsync();
    }

    public override ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills.All} runs were killed: {Kills.Old} left the old month, {Kills.New} the new one, "
            + $"{Kills.All - Kills.Old - Kills.New} some files of each");
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    private Task<RunReport> RunMonthAsync(RunOptions options) =>
        new MonthRun(Source, Destination, options, TimeProvider.System).RunAsync(Month, Cancellation);

    private Task PutSourceAsync(SourceLayout layout, int day, string[] records) => layout == SourceLayout.Trail
        ? PutTextAsync(
            $"AWSLogs/111122223333/CloudTrail/us-east-1/2024/02/{day:00}/a.json.gz",
            $"{{\"Records\":[{string.Join(',', records)}]}}")
        : PutAsync($"2024/02/{day:00}/000000.ndjson.gz", records);

    private async Task RestoreAsync()
    {
        foreach (string key in await KeysAsync())
        {
            await Destination.DeleteAsync(key, Cancellation);
        }

        foreach (var (key, bytes) in _oldFiles)
        {
            await Destination.PutAsync(key, bytes);
        }

        Assert.True(Same(await HashesAsync(), _old));
    }

    private static bool Same(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(file => right.GetValueOrDefault(file.Key) == file.Value);
}
