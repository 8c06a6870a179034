using System.Collections.Concurrent;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A month whose days are written and committed by themselves.</summary>
public abstract class DayUnitTests(MonthStores stores) : TrailTest(stores)
{
    private static readonly RunOptions ByDay = new() { Unit = UnitKind.Day };

    private readonly List<RunReport> _days = [];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(4, 2)]
    public async Task The_days_rows_together_are_the_months_rows_in_their_order(int rowsPerFile, int threads)
    {
        await PutDaysAsync();
        var options = new RunOptions { RowsPerFile = rowsPerFile, Threads = threads };
        var month = await RunAsync(options);
        await ClearAsync();

        var report = await RunDaysAsync(options with { Unit = UnitKind.Day });

        Assert.Equal(Ids(month.Rows), await IdsAsync());
        Assert.Equal(
            (month.Report.Lines, month.Report.Events, month.Report.Duplicates, month.Report.Rejects),
            (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal((month.Report.SourceFiles, month.Report.SourceBytes), (report.SourceFiles, report.SourceBytes));
        Assert.Equal(month.Report.MissingDays, report.MissingDays);
        Assert.Equal([1, 2, 3, 5, 29], report.Days!.Select(day => day.Day.Day));
        Assert.Equal([9L, 6, 0, 10, 1], report.Days!.Select(day => day.Events));
        Assert.Equal([1L, 3, 9, 0, 0], report.Days!.Select(day => day.Duplicates));
        Assert.Equal(_days.Select(day => day.SourceFiles).Sum(), report.SourceFiles);
        Assert.Contains("_rejected/2024/02/02/000000.ndjson.gz", await KeysAsync());
        Assert.Contains("2024/02/03/000000.parquet", await KeysAsync());
    }

    [Fact]
    public async Task A_copy_counts_as_a_duplicate_only_while_duplicates_are_dropped()
    {
        await PutDaysAsync();
        var month = await RunAsync(new RunOptions { Deduplicate = false });
        await ClearAsync();

        var report = await RunDaysAsync(ByDay with { Deduplicate = false });

        Assert.Equal(0, report.Duplicates);
        Assert.Equal(Ids(month.Rows), await IdsAsync());
    }

    [Fact]
    public async Task Unchanged_days_are_not_read_again_and_a_late_object_writes_its_day_and_the_one_after()
    {
        await PutDaysAsync();
        await RunDaysAsync(ByDay);
        var before = await HashesAsync();
        var opened = new ConcurrentQueue<string>();
        var watched = InterruptedStore.Noting(Source, opened);

        var again = await RunDaysAsync(ByDay, watched);
        Assert.All(again.Days!, day => Assert.Equal(RunStatus.Unchanged, day.Status));
        Assert.Equal(RunStatus.Unchanged, again.Status);
        Assert.Empty(opened);
        Assert.Equal(before, await HashesAsync());
        Assert.Equal((26L, 13L, 2L), (again.Events, again.Duplicates, again.Rejects));

        await PutAsync("2024/02/02/late.ndjson", Events(2, first: 90));
        var late = await RunDaysAsync(ByDay, watched);

        Assert.Equal(
            [2, 3], late.Days!.Where(day => day.Status == RunStatus.Written).Select(day => day.Day.Day));
        Assert.Equal(
            ["2024/02/01/", "2024/02/02/", "2024/02/03/"],
            opened.Select(key => key[..11]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal((28L, RunStatus.Written), (late.Events, late.Status));
    }

    [Fact]
    public async Task A_day_without_events_has_a_file_of_0_rows_and_is_not_read_again()
    {
        await PutTextAsync("AWSLogs/" + LogFile(One, 3), """{"Records":[]}""");

        var first = await RunDaysAsync(ByDay);
        var again = await RunDaysAsync(ByDay);

        Assert.Equal((RunStatus.Written, RunStatus.Unchanged), (first.Status, again.Status));
        Assert.Equal(["2024/02/03/000000.parquet"], await KeysAsync());
        Assert.Empty(await IdsAsync());
        Assert.Equal(0, Assert.Single(first.Outputs).Rows);
    }

    [Fact]
    public async Task A_single_day_is_run_with_the_day_before_and_nothing_else()
    {
        await PutDaysAsync();

        var report = await new AggregationRun(Source, Destination, ByDay, Time).RunAsync(
            new Unit(Month, 2), Cancellation);

        Assert.Equal(("2024-02-02", 10L, 6L, 3L, 1L), (
            report.Month, report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(["2024/02/02/000000.parquet", "_rejected/2024/02/02/000000.ndjson.gz"], await KeysAsync());
        Assert.Equal("2024-02-02", DuckDbRows.Metadata(await BytesAsync("2024/02/02/000000.parquet"))[
            "cloudtrail_aggregation.day"]);
        Assert.Equal(report.Month, (await RunDaysAsync(ByDay)).Days![1].Day.ToString("O"));
        Assert.Equal(RunStatus.Unchanged, _days[1].Status);
    }

    [Fact]
    public async Task A_day_without_an_object_is_empty_and_writes_nothing()
    {
        await PutDaysAsync();

        var report = await new AggregationRun(Source, Destination, ByDay, Time).RunAsync(
            new Unit(Month, 20), Cancellation);

        Assert.Equal(RunStatus.Empty, report.Status);
        Assert.StartsWith(Source.UriOf("2024/02/20/"), report.Reason, StringComparison.Ordinal);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_trails_open_days_wait()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1), LogFile(One, 2), LogFile(Two, 2, "eu-west-1"), LogFile(One, 3));
        Time = new FakeTime(new DateTimeOffset(2024, 2, 3, 12, 0, 0, TimeSpan.Zero));

        var report = await RunDaysAsync(ByDay);
        var open = await new AggregationRun(Source, Destination, ByDay, Time).RunAsync(
            new Unit(Month, 3), Cancellation);

        Assert.Equal([1, 2], report.Days!.Select(day => day.Day.Day));
        Assert.Equal(3, report.OpenDays[0].Day);
        Assert.Equal((2L, 2L), (_days[1].Accounts!.Count, _days[1].Regions!.Count));
        Assert.Equal((RunStatus.Empty, 3), (open.Status, Assert.Single(open.OpenDays).Day));
    }

    [Fact]
    public async Task When_the_time_gets_short_the_run_ends_between_two_days_and_the_next_one_goes_on_there()
    {
        await PutDaysAsync();
        int asked = 0;

        var first = await RunDaysAsync(ByDay, hasTime: _ => ++asked < 2);
        var second = await RunDaysAsync(ByDay);

        Assert.Equal([1, 2], first.Days!.Select(day => day.Day.Day));
        Assert.Equal([3, 5, 29], first.RemainingDays!.Select(day => day.Day));
        Assert.Empty(second.RemainingDays!);
        Assert.Equal(
            [RunStatus.Unchanged, RunStatus.Unchanged, RunStatus.Written, RunStatus.Written, RunStatus.Written],
            second.Days!.Select(day => day.Status));
    }

    [Fact]
    public async Task A_day_that_fails_stays_as_it_was_and_the_others_are_written()
    {
        await PutDaysAsync();
        await PutBytesAsync("2024/02/02/damaged.ndjson.gz", [31, 139, 8]);

        var failure = await Assert.ThrowsAsync<AggregationException>(() => RunDaysAsync(ByDay));

        // The day after reads the damaged object too.
        Assert.StartsWith("2024-02-02: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            " 2 days failed: 2024-02-02, 2024-02-03. The month's other days are done (3).", failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(
            ["2024/02/01/000000.parquet", "2024/02/05/000000.parquet", "2024/02/29/000000.parquet"],
            (await KeysAsync()).Where(key => key.EndsWith(".parquet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_day_does_not_shrink_and_keeps_its_selection()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1), LogFile(Two, 1), LogFile(One, 2));
        await RunDaysAsync(Trail() with { Unit = UnitKind.Day });

        var selection = await Assert.ThrowsAsync<AggregationException>(
            () => RunDaysAsync(Trail(accounts: One) with { Unit = UnitKind.Day }));
        await Source.DeleteAsync("AWSLogs/" + LogFile(Two, 1), Cancellation);
        var shrinking = await Assert.ThrowsAsync<AggregationException>(
            () => RunDaysAsync(Trail() with { Unit = UnitKind.Day }));
        await Source.DeleteAsync("AWSLogs/" + LogFile(One, 2), Cancellation);
        var gone = await Assert.ThrowsAsync<AggregationException>(
            () => RunDaysAsync(Trail() with { Unit = UnitKind.Day }));
        var replaced = await RunDaysAsync(Trail() with { Unit = UnitKind.Day, Replace = true });

        Assert.Contains("accounts all (now 111111111111)", selection.Message, StringComparison.Ordinal);
        Assert.Contains(
            "hold 2 events, this run found 1: the day would shrink", shrinking.Message, StringComparison.Ordinal);
        Assert.Contains("2 days failed: 2024-02-01, 2024-02-02", gone.Message, StringComparison.Ordinal);
        Assert.Equal([1L, 0L], replaced.Days!.Select(day => day.Events));
    }

    [Fact]
    public async Task Months_and_days_are_not_mixed_and_replace_changes_over()
    {
        await PutDaysAsync();
        var month = await RunAsync();
        string[] monthKeys = await KeysAsync();

        var day = await Assert.ThrowsAsync<AggregationException>(() => RunDaysAsync(ByDay));
        var single = await Assert.ThrowsAsync<AggregationException>(
            () => new AggregationRun(Source, Destination, ByDay with { Replace = true }, Time).RunAsync(
                new Unit(Month, 2), Cancellation));
        Assert.Equal(monthKeys, await KeysAsync());
        var days = await RunDaysAsync(ByDay with { Replace = true });
        Assert.Equal(Ids(month.Rows), await IdsAsync());
        Assert.Equal(monthKeys.Select(Destination.UriOf).Order(StringComparer.Ordinal),
            days.Removed.Order(StringComparer.Ordinal));
        string[] dayKeys = await KeysAsync();

        var whole = await FailsAsync();
        Assert.Equal(dayKeys, await KeysAsync());
        var back = await RunAsync(new RunOptions { Replace = true });

        Assert.StartsWith(
            $"2024-02-01: {Destination.UriOf(Parquet0)}: it is a file of the whole month, and this run writes a day",
            day.Message, StringComparison.Ordinal);
        Assert.Contains("is a file of the whole month", single.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{Destination.UriOf("2024/02/01/000000.parquet")} (and 4 more): it is a file of a day, and this run "
            + "writes the whole month", whole.Message, StringComparison.Ordinal);
        Assert.Equal(monthKeys, await KeysAsync());
        Assert.Equal(dayKeys.Select(Destination.UriOf), back.Report.Removed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_month_and_a_day_at_once_none_doubles_what_the_other_wrote(bool isMonth)
    {
        await PutDaysAsync();
        var (first, then) = isMonth ? (new Unit(Month), new Unit(Month, 2)) : (new Unit(Month, 2), new Unit(Month));
        bool isStarted = false;
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = async _ =>
            {
                if (!isStarted)
                {
                    isStarted = true;
                    await new AggregationRun(Source, Destination, new RunOptions(), Time).RunAsync(then, Cancellation);
                }
            },
        };

        var lost = await Assert.ThrowsAsync<CommitLostException>(
            () => new AggregationRun(Source, overtaken, new RunOptions(), Time).RunAsync(first, Cancellation));

        Assert.Contains(
            "another run was faster: it wrote the month in another unit", lost.Message, StringComparison.Ordinal);
        string[] left = await KeysAsync();
        Assert.All(left, key => Assert.Contains(then.Prefix, key, StringComparison.Ordinal));
        Assert.All(left, key => Assert.Equal(
            then.IsDay, key.StartsWith("2024/02/02/", StringComparison.Ordinal)
                || key.StartsWith("_rejected/2024/02/02/", StringComparison.Ordinal)));
        Assert.NotEmpty(left);
    }

    [Fact]
    public async Task A_day_that_was_replaced_while_another_run_wrote_the_month_is_no_success()
    {
        await PutDaysAsync();
        byte[] month = (await RunAsync()).Files[0];
        await ClearAsync();
        await RunDaysAsync(ByDay);
        await PutAsync("2024/02/02/late.ndjson", Events(2, first: 90));
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = _ => PutBytesAsync(Destination, Parquet0, month),
        };

        var lost = await Assert.ThrowsAsync<CommitLostException>(
            () => new AggregationRun(Source, overtaken, ByDay, Time).RunAsync(new Unit(Month, 2), Cancellation));

        Assert.StartsWith(
            $"{Destination.UriOf(Parquet0)}: another run was faster: it wrote the month in another unit. Already "
            + "replaced by this run: ",
            lost.Message, StringComparison.Ordinal);
        Assert.Contains(
            Destination.UriOf("2024/02/02/000000.parquet"), lost.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Puts sources of five days: copies within a day, across midnight and of a whole day; two rejects; a missing day.
    /// </summary>
    private async Task PutDaysAsync()
    {
        await PutAsync("2024/02/01/a.ndjson.gz", [.. Events(9), Event("000003")]);
        await PutAsync("2024/02/02/a.ndjson", [Event("000008"), .. Events(6, first: 20), "reject"]);
        await PutAsync("2024/02/02/b.ndjson.gz", [Event("000000"), Event("000021")]);
        await PutAsync(
            "2024/02/03/a.ndjson.gz",
            [.. Events(6, first: 20), Event("000008"), Event("000000"), Event("000000")]);
        await PutAsync("2024/02/05/a.ndjson.gz", [.. Events(10, first: 20), "reject 2"]);
        await PutAsync("2024/02/29/a.ndjson.gz", [Event("000020")]);
    }

    private Task<RunReport> RunDaysAsync(
        RunOptions options, IObjectStore? source = null, Func<TimeSpan, bool>? hasTime = null)
    {
        _days.Clear();
        var run = new MonthRun(source ?? Source, Destination, options, Time)
        {
            DayDone = _days.Add,
            HasTime = hasTime ?? (_ => true),
        };
        return run.RunAsync(Month, Cancellation);
    }

    private async Task<string?[]> IdsAsync() => Ids(await AllRowsAsync());
}
