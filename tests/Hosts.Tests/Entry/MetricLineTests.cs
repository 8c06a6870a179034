using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

public class MetricLineTests
{
    private static readonly RunReport Report = new()
    {
        Month = "2024-02",
        Status = RunStatus.Written,
        Layout = SourceLayout.Daily,
        EmptyObjects = 5,
        SourceFiles = 29,
        SourceBytes = 5_000_000_000,
        IgnoredKeys = new IgnoredKeys(3, ["a", "b", "c"]),
        ObjectsWithoutEvents = new NamedObjects(4, ["d"]),
        DamagedObjects = new NamedObjects(5, ["e"]),
        MissingDays = [new DateOnly(2024, 2, 14), new DateOnly(2024, 2, 15)],
        Lines = 3_000_000_011,
        Events = 3_000_000_003,
        Duplicates = 2,
        Rejects = 6,
        NewRejects = 1,
        NewDamagedObjects = 2,
        OutputBytes = 4_000_000_000,
        DurationMilliseconds = 123_456,
    };

    [Fact]
    public void A_months_figures_are_one_line_in_the_embedded_metric_format()
    {
        var now = new DateTimeOffset(2024, 3, 1, 4, 0, 0, TimeSpan.Zero);
        using var output = new MemoryStream();

        MetricLine.Write(output, "aggregation", Report, isScheduled: false, new FakeTime(now));

        var line = Assert.Single(LogLines.Parse(output));
        LogLines.CheckMetrics(line, "aggregation", Report);
        Assert.Equal(now.ToUnixTimeMilliseconds(), line.GetProperty("_aws").GetProperty("Timestamp").GetInt64());
        Assert.Equal("2024-02", LogLines.Text(line, "month"));
    }

    [Fact]
    public void A_trail_has_metrics_of_its_accounts_and_days()
    {
        using var output = new MemoryStream();
        var report = Report with
        {
            Layout = SourceLayout.Trail,
            Accounts = new NamedItems(500, ["111111111111"]),
            Regions = new NamedItems(17, ["us-east-1"]),
            QuietRegions = new NamedItems(9, ["111111111111/us-east-1"]),
            OpenDays = [new DateOnly(2024, 2, 29)],
        };

        MetricLine.Write(output, "aggregation", report, isScheduled: true, TimeProvider.System);

        var line = Assert.Single(LogLines.Parse(output));
        LogLines.CheckMetrics(line, "aggregation", report);
        Assert.Equal(500, line.GetProperty("Accounts").GetInt64());
    }

    /// <summary>Lambda's own metric of errors has the time at which the invocation started.</summary>
    [Fact]
    public void A_month_that_fails_is_a_metric_with_the_time_of_the_failure()
    {
        var now = new DateTimeOffset(2024, 3, 1, 4, 15, 0, TimeSpan.Zero);
        using var output = new MemoryStream();

        MetricLine.WriteFailure(output, "aggregation", new Month(2024, 2), isScheduled: true, new FakeTime(now));

        var line = Assert.Single(LogLines.Parse(output));
        Assert.Equal(now.ToUnixTimeMilliseconds(), line.GetProperty("_aws").GetProperty("Timestamp").GetInt64());
        Assert.Equal(
            """[{"Namespace":"CloudTrailAggregation","Dimensions":[["FunctionName"]],"""
            + "\"Metrics\":[{\"Name\":\"FailedRuns\",\"Unit\":\"Count\"}]}]",
            line.GetProperty("_aws").GetProperty("CloudWatchMetrics").GetRawText());
        Assert.Equal(
            ("aggregation", "schedule", "2024-02", 1),
            (LogLines.Text(line, "FunctionName"), LogLines.Text(line, "Trigger"), LogLines.Text(line, "month"),
                line.GetProperty("FailedRuns").GetInt32()));
    }

    [Fact]
    public void A_run_that_stopped_between_two_days_has_no_duration_and_one_that_ended_has()
    {
        using var stopped = new MemoryStream();
        using var ended = new MemoryStream();

        MetricLine.Write(
            stopped, "aggregation", Report with { RemainingDays = [new DateOnly(2024, 2, 29)] }, isScheduled: true,
            TimeProvider.System);
        MetricLine.Write(
            ended, "aggregation", Report with { RemainingDays = [] }, isScheduled: true, TimeProvider.System);

        Assert.DoesNotContain(
            "DurationMs", Assert.Single(LogLines.Parse(stopped)).GetRawText(), StringComparison.Ordinal);
        LogLines.CheckMetrics(Assert.Single(LogLines.Parse(ended)), "aggregation", Report);
    }

    /// <summary>What another run wrote, or an earlier one, this one did not.</summary>
    [Theory]
    [InlineData(RunStatus.Unchanged)]
    [InlineData(RunStatus.WrittenByAnotherRun)]
    public void Events_that_this_run_did_not_write_are_not_counted_as_written(RunStatus status)
    {
        using var output = new MemoryStream();

        MetricLine.Write(
            output, "aggregation", Report with { Status = status }, isScheduled: true, TimeProvider.System);

        Assert.Equal(0, Assert.Single(LogLines.Parse(output)).GetProperty("EventsWritten").GetInt32());
    }

    [Theory]
    [InlineData(RunStatus.Written, 1_000, 2_000, 500)]
    [InlineData(RunStatus.WrittenByAnotherRun, 3, 0, 3_000)]
    [InlineData(RunStatus.Unchanged, 1_000, 2_000, 0)]
    [InlineData(RunStatus.Empty, 0, 2_000, 0)]
    public void A_report_says_how_many_events_a_second_took(
        RunStatus status, long events, long milliseconds, long rate) =>
        Assert.Equal(
            rate,
            (Report with { Status = status, Events = events, DurationMilliseconds = milliseconds }).EventsPerSecond);

    [Theory]
    [InlineData(true, "schedule")]
    [InlineData(false, "request")]
    public void An_alarm_can_tell_scheduled_runs_from_others(bool isScheduled, string trigger)
    {
        using var output = new MemoryStream();

        MetricLine.Write(output, "aggregation", Report, isScheduled, TimeProvider.System);

        Assert.Equal(trigger, LogLines.Text(Assert.Single(LogLines.Parse(output)), "Trigger"));
    }

    [Fact]
    public void Every_member_that_the_metadata_refers_to_is_there_and_of_its_kind()
    {
        using var output = new MemoryStream();

        MetricLine.Write(output, "aggregation", Report, isScheduled: true, TimeProvider.System);

        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        var line = Assert.Single(LogLines.Parse(output));
        string[] units = ["Bytes", "Count", "Milliseconds"];
        foreach (var directive in line.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray())
        {
            Assert.All(
                directive.GetProperty("Dimensions").EnumerateArray().SelectMany(set => set.EnumerateArray()),
                name => Assert.Equal(JsonValueKind.String, line.GetProperty(name.GetString()!).ValueKind));
            Assert.All(directive.GetProperty("Metrics").EnumerateArray(), metric => Assert.Equal(
                JsonValueKind.Number, line.GetProperty(metric.GetProperty("Name").GetString()!).ValueKind));
            Assert.All(directive.GetProperty("Metrics").EnumerateArray(), metric => Assert.Contains(
                metric.GetProperty("Unit").GetString(), units));
        }
    }
}
