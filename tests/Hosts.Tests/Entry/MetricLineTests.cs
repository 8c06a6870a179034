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
        Lines = 3_000_000_006,
        Events = 3_000_000_003,
        Duplicates = 2,
        Rejects = 1,
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
