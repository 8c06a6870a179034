using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Which days of a trail a run reads, and what it says of those that it does not.</summary>
public abstract class TrailDayTests(MonthStores stores) : TrailTest(stores)
{
    [Theory]
    [InlineData("2024-02-10T00:59:59Z", 8)]
    [InlineData("2024-02-10T01:00:00Z", 9)]
    [InlineData("2024-02-10T23:59:59Z", 9)]
    [InlineData("2024-02-02T01:00:00Z", 1)]
    [InlineData("2024-02-02T02:00:00+01:00", 1)]
    [InlineData("2024-03-01T00:59:59Z", 28)]
    [InlineData("2024-03-01T01:00:00Z", 29)]
    [InlineData("2024-12-31T00:00:00Z", 29)]
    public async Task A_day_is_read_one_hour_after_its_end(string now, int lastDay)
    {
        await PutEveryDayAsync();
        Time = new FakeTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        var result = await RunAsync();

        Assert.Equal(Enumerable.Range(1, lastDay).Select(day => LogFile(One, day)), Ids(result.Rows));
        Assert.Equal(Enumerable.Range(lastDay + 1, 29 - lastDay), result.Report.OpenDays.Select(day => day.Day));
        Assert.Empty(result.Report.MissingDays);
        Assert.Equal(0, result.Report.QuietRegions!.Count);
    }

    [Theory]
    [InlineData("2024-02-02T00:59:59Z")]
    [InlineData("2024-01-31T12:00:00Z")]
    public async Task A_month_whose_days_are_all_open_is_empty_and_says_so(string now)
    {
        await PutEveryDayAsync();
        Time = new FakeTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        var report = (await RunAsync()).Report;

        Assert.Equal(RunStatus.Empty, report.Status);
        Assert.Equal(29, report.OpenDays.Count);
        Assert.EndsWith(
            " All its days are open: a run reads a trail's day when it has ended (UTC) at least one hour before.",
            report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_day_that_is_there_is_read_in_the_daily_layout()
    {
        await PutAsync("2024/02/09/a.ndjson", Event("a"));
        await PutAsync("2024/02/10/a.ndjson", Event("b"));
        Time = new FakeTime(new DateTimeOffset(2024, 2, 10, 0, 30, 0, TimeSpan.Zero));

        var result = await RunAsync();

        Assert.Equal(["a", "b"], Ids(result.Rows));
        Assert.Empty(result.Report.OpenDays);
    }

    [Fact]
    public async Task An_object_of_an_open_day_may_come_and_one_of_a_read_day_is_read_by_a_new_plan()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 8), LogFile(One, 9), LogFile(One, 10));
        Time = new FakeTime(new DateTimeOffset(2024, 2, 10, 12, 0, 0, TimeSpan.Zero));

        var open = await RunAsync(
            source: BeforeTheCommit(() => PutLogsAsync("AWSLogs/", LogFile(One, 10, time: "1205Z"))));
        var closed = await RunAsync(
            new RunOptions { Replace = true },
            BeforeTheCommit(() => PutLogsAsync("AWSLogs/", LogFile(One, 9, time: "2355Z"))));

        Assert.Equal((0, 2L), (open.Report.PlannedAgain, open.Report.Events));
        Assert.Equal((1, 3L), (closed.Report.PlannedAgain, closed.Report.Events));
    }

    [Fact]
    public async Task An_account_that_appears_while_the_month_is_read_is_read_by_a_new_plan()
    {
        await PutLogsAsync("AWSLogs/", LogFile(Two, 8));

        var result = await RunAsync(source: BeforeTheCommit(() => PutLogsAsync("AWSLogs/", LogFile(One, 8))));

        Assert.Equal([LogFile(One, 8), LogFile(Two, 8)], Ids(result.Rows));
        Assert.Equal((1, 2L), (result.Report.PlannedAgain, result.Report.Accounts!.Count));
    }

    [Fact]
    public async Task The_time_of_the_start_decides_the_open_days_of_every_plan()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 8), LogFile(One, 9));
        var time = new FakeTime(new DateTimeOffset(2024, 2, 10, 0, 30, 0, TimeSpan.Zero));
        Time = time;

        var result = await RunAsync(source: BeforeTheCommit(() =>
        {
            time.Advance(TimeSpan.FromHours(2));
            return PutLogsAsync("AWSLogs/", LogFile(One, 8, time: "2355Z"));
        }));

        Assert.Equal([LogFile(One, 8), LogFile(One, 8, time: "2355Z")], Ids(result.Rows));
        Assert.Equal(9, result.Report.OpenDays[0].Day);
    }

    [Fact]
    public async Task Regions_without_an_object_of_the_last_day_are_named_and_days_without_any_are_missing()
    {
        await PutLogsAsync(
            "AWSLogs/o-a/",
            LogFile(One, 3), LogFile(One, 28), LogFile(One, 29, "eu-west-1"),
            LogFile(One, 4, "eu-west-1", "CloudTrail-Insight"),
            LogFile(Two, 28, "eu-west-1"), LogFile(Two, 27), LogFile(Two, 29));

        var report = (await RunAsync(Trail($"{One},{Two},333333333333"))).Report;

        Assert.Equal(3, report.QuietRegions!.Count);
        Assert.Equal([$"{One}/us-east-1", $"{Two}/eu-west-1", "333333333333"], report.QuietRegions.First);
        Assert.Equal((2L, 2L), (report.Accounts!.Count, report.Regions!.Count));
        Assert.Equal("2024-02-05 to 2024-02-26", MissingDays.Text(report.MissingDays));
    }

    [Fact]
    public async Task A_chosen_region_without_an_object_is_named()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 29));

        var report = (await RunAsync(Trail(regions: "us-east-1,us-esat-1"))).Report;

        Assert.Equal(["us-esat-1"], report.QuietRegions!.First);
    }

    private Task PutEveryDayAsync() =>
        PutLogsAsync("AWSLogs/", [.. Enumerable.Range(1, 29).Select(day => LogFile(One, day))]);

    /// <summary>
    /// The source, in which something happens before the first object is opened, which is after the first plan.
    /// </summary>
    private InterruptedStore BeforeTheCommit(Func<Task> change)
    {
        bool changed = false;
        return new InterruptedStore(Source)
        {
            Opening = _ =>
            {
                bool first = !changed;
                changed = true;
                return first ? change() : Task.CompletedTask;
            },
        };
    }
}
