using System.Collections.Concurrent;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Days that are run again while the month grows, and runs at the same time.</summary>
public abstract class DayRerunTests(MonthStores stores) : TrailTest(stores)
{
    private const int Days = 29;

    private static readonly RunOptions ByDay = Trail() with { Unit = UnitKind.Day };

    [Fact]
    public async Task A_daily_run_reads_each_object_at_most_twice_and_a_late_object_writes_two_days()
    {
        var opened = new ConcurrentQueue<string>();
        var watched = InterruptedStore.Noting(Source, opened);
        for (int day = 1; day <= Days; day++)
        {
            await PutLogsAsync("AWSLogs/", LogFile(One, day), LogFile(Two, day, "eu-west-1"));
            var grown = await RunMonthAsync(ByDay, watched, day);

            Assert.Equal(
                Enumerable.Range(1, day),
                grown.Days!.Select(done => done.Day.Day));
            Assert.Equal(
                [day], grown.Days!.Where(done => done.Status != RunStatus.Unchanged).Select(done => done.Day.Day));
        }

        // Each for its own day, and for the duplicates of the day after; the last day has no day after.
        Assert.Equal(
            Enumerable.Range(1, Days).Select(day => (day, Reads: day < Days ? 4 : 2)),
            opened.GroupBy(DayOf).Select(day => (day.Key, day.Count())).Order());
        Assert.All(opened.GroupBy(key => key), reads => Assert.InRange(reads.Count(), 1, 2));
        var before = await HashesAsync();
        opened.Clear();

        await PutLogsAsync("AWSLogs/", LogFile(One, 11, time: "2350Z"));
        var late = await RunMonthAsync(ByDay, watched, Days);

        Assert.Equal(
            [11, 12], late.Days!.Where(day => day.Status == RunStatus.Written).Select(day => day.Day.Day));
        Assert.Equal([10, 11, 12], opened.Select(DayOf).Distinct().Order());
        Assert.Equal(
            ["2024/02/11/000000.parquet", "2024/02/12/000000.parquet"],
            (await HashesAsync()).Where(file => before[file.Key] != file.Value).Select(file => file.Key).Order());
        Assert.Equal((2 * Days) + 1, late.Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_runs_of_one_day_at_once_both_end_well_if_they_read_the_same(bool isAnotherSource)
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1), LogFile(One, 2), LogFile(Two, 2));
        bool isStarted = false;
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = async _ =>
            {
                if (!isStarted)
                {
                    isStarted = true;
                    if (isAnotherSource)
                    {
                        await PutLogsAsync("AWSLogs/", LogFile(Two, 2, time: "2355Z"));
                    }

                    await RunDayAsync(2);
                }
            },
        };

        var slower = () => RunDayAsync(2, overtaken);
        if (isAnotherSource)
        {
            var lost = await Assert.ThrowsAsync<CommitLostException>(slower);
            Assert.Contains("another run was faster", lost.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(RunStatus.WrittenByAnotherRun, (await slower()).Status);
        }

        Assert.Equal(["2024/02/02/000000.parquet"], await KeysAsync());
        Assert.Equal(isAnotherSource ? 3 : 2, (await AllRowsAsync()).Count);
        Assert.Empty(await LeftoversAsync());
    }

    /// <summary>
    /// Runs at random moments: there is one kind of file only, no row twice, and no day half. All may lose, because
    /// each takes its files back when it finds those of the other unit; a run after them does not.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Runs_of_a_month_and_of_its_days_at_once_never_leave_a_mixture(int seed)
    {
        var random = new Random(seed);
        string[] files = [LogFile(One, 1), LogFile(One, 2), LogFile(Two, 2), LogFile(Two, 3), LogFile(One, 3)];
        await PutLogsAsync("AWSLogs/", files);
        Func<Task<RunReport>>[] runs =
        [
            () => RunDayAsync(2),
            () => RunDayAsync(2),
            () => RunMonthAsync(Trail(), Source, Days),
            () => RunMonthAsync(ByDay, Source, Days),
            () => RunDayAsync(3),
        ];

        await Task.WhenAll(runs.Select(run => EndAsync(run, TimeSpan.FromMilliseconds(random.Next(40)))));

        string[] keys = await KeysAsync();
        string?[] ids = Ids(await AllRowsAsync());
        Assert.Equal(ids.Distinct(), ids);
        if (keys.Contains(Parquet0))
        {
            Assert.Equal([Parquet0], keys);
            Assert.Equal(files.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        }
        else
        {
            Assert.All(keys, key => Assert.Matches("^2024/02/0[123]/000000[.]parquet$", key));
            int[] written = [.. keys.Select(key => int.Parse(key[8..10], provider: null))];
            Assert.Equal(
                files.Where(file => written.Contains(DayOf(file))).Order(StringComparer.Ordinal),
                ids.Order(StringComparer.Ordinal));
        }

        Assert.Empty(await LeftoversAsync());
        var alone = await RunMonthAsync(Trail() with { Replace = true }, Source, Days);
        Assert.Equal(files.Length, alone.Events);
        Assert.Equal([Parquet0], await KeysAsync());
    }

    private static int DayOf(string key) => int.Parse(key.Split("/2024/02/")[1][..2], provider: null);

    /// <summary>Starts a run after a delay; that another was faster is the only failure it may have.</summary>
    private static async Task EndAsync(Func<Task<RunReport>> run, TimeSpan delay)
    {
        await Task.Delay(delay, Cancellation);
        try
        {
            await Task.Run(run, Cancellation);
        }
        catch (AggregationException lost)
        {
            Assert.Matches("another run was faster|is a file of (a day|the whole month)", lost.Message);
        }
    }

    private Task<RunReport> RunDayAsync(int day, IObjectStore? destination = null) => new AggregationRun(
        Source, destination ?? Destination, ByDay, Time).RunAsync(new Unit(Month, day), Cancellation);

    /// <summary>Runs the month two hours after the end of a day.</summary>
    private Task<RunReport> RunMonthAsync(RunOptions options, IObjectStore source, int day)
    {
        var time = new FakeTime(new DateTimeOffset(2024, 2, day, 2, 0, 0, TimeSpan.Zero).AddDays(1));
        return new MonthRun(source, Destination, options, time).RunAsync(Month, Cancellation);
    }
}
