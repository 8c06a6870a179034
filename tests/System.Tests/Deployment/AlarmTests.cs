using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>How far each alarm looks back, how it treats missing data, and whom it tells.</summary>
public class AlarmTests
{
    private const string Topic = $"arn:aws:sns:{Template.Region}:{Template.Account}:alarms";
    private const int HalfHour = 1_800, TwoDays = 172_800;

    private static readonly Stack Full = Template.Render(
        ("StageOneEventSource", "cloudtrail.daily"), ("TriggerQueue", "yes"), ("AlarmTopicArn", Topic),
        ("Unit", "day"), ("FanOut", "yes"));

    /// <summary>
    /// Period, periods, how many of them ring, and what missing data means: an alarm on what runs report is quiet while
    /// nothing runs. Only WatchAlarm rings when there is no data, because it reports that no answer comes at all.
    /// </summary>
    private static readonly (string Alarm, int Period, int Periods, int Ring, string Missing)[] Expected =
    [
        ("DamagedObjectsAlarm", 300, 1, 1, "notBreaching"),
        ("DeadLettersAlarm", 300, 1, 1, "notBreaching"),
        ("DurationAlarm", 300, 1, 1, "notBreaching"),
        ("ErrorsAlarm", 300, 5, 1, "notBreaching"),
        ("ExecutionsAlarm", 300, 3, 1, "notBreaching"),
        ("FailedRunsAlarm", 300, 1, 1, "notBreaching"),
        ("MissingDaysAlarm", 86_400, 2, 1, "notBreaching"),
        ("ObjectsWithoutEventsAlarm", 86_400, 2, 1, "notBreaching"),
        ("RejectsAlarm", 300, 1, 1, "notBreaching"),
        ("TriggerDeadLettersAlarm", 300, 1, 1, "notBreaching"),
        ("WatchAlarm", 3_600, 26, 26, "breaching"),
    ];

    private static IEnumerable<string> Alarms =>
        Full.OfType("AWS::CloudWatch::Alarm").Order(StringComparer.Ordinal);

    [Fact]
    public void Every_alarm_looks_as_far_back_and_takes_missing_data_for_what_it_should() =>
        Assert.Equal(
            Expected,
            Alarms.Select(alarm => (
                alarm,
                Number(alarm, "Period"),
                Number(alarm, "EvaluationPeriods"),
                Number(alarm, "DatapointsToAlarm"),
                (string)Full.Properties(alarm)["TreatMissingData"]!)));

    /// <summary>
    /// A metric of Lambda has the time at which the invocation started: when it arrives, at the end and a minute or two
    /// later, the period of that time is over. A run takes up to the function's timeout.
    /// </summary>
    [Fact]
    public void An_alarm_on_a_metric_of_Lambda_still_sees_the_start_of_the_longest_invocation()
    {
        int timeout = int.Parse((string)Full.Properties("LambdaFunction")["Timeout"]!);
        string[] ofLambda = [.. Alarms.Where(alarm => Namespace(alarm) == "AWS/Lambda")];

        Assert.Equal(["ErrorsAlarm"], ofLambda);
        Assert.All(ofLambda, alarm =>
        {
            int seen = Number(alarm, "Period") * (Number(alarm, "EvaluationPeriods") - 1);

            Assert.InRange(seen, timeout + 300, HalfHour);
            Assert.Equal(1, Number(alarm, "DatapointsToAlarm"));
        });
    }

    /// <summary>An execution that ends in any other way than well rings, whichever of the three it is.</summary>
    [Fact]
    public void The_alarm_of_the_state_machine_adds_up_every_bad_end_of_an_execution()
    {
        var metrics = (JsonArray)Full.Properties("ExecutionsAlarm")["Metrics"]!;
        var sum = Assert.Single(metrics, metric => (string?)metric!["ReturnData"] == "true")!;

        Assert.Equal(
            ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"],
            Metrics("ExecutionsAlarm").Select(metric => (string?)metric["Metric"]!["MetricName"]));
        Assert.All(Metrics("ExecutionsAlarm"), metric =>
        {
            Assert.Equal("AWS/States", (string?)metric["Metric"]!["Namespace"]);
            Assert.Equal(
                """[{"Name":"StateMachineArn","Value":"DaysMachine"}]""",
                metric["Metric"]!["Dimensions"]!.ToJsonString());
            Assert.Equal(("300", "Sum"), ((string?)metric["Period"], (string?)metric["Stat"]));
        });
        Assert.All(
            metrics.Where(metric => metric != sum),
            metric => Assert.Contains(
                $"FILL({metric!["Id"]}, 0)", (string)sum["Expression"]!, StringComparison.Ordinal));
    }

    /// <summary>A rerun of the same month repeats what an alarm of state sees, at the latest a day later.</summary>
    [Theory]
    [InlineData("MissingDaysAlarm")]
    [InlineData("ObjectsWithoutEventsAlarm")]
    public void An_alarm_of_what_each_rerun_finds_again_stays_on_between_daily_reruns(string alarm)
    {
        Assert.Equal(TwoDays, Number(alarm, "Period") * Number(alarm, "EvaluationPeriods"));
        Assert.Contains(
            """{"Name":"Trigger","Value":"schedule"}""", Full.Properties(alarm)["Dimensions"]!.ToJsonString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_answer_a_day_that_comes_up_to_two_hours_late_keeps_the_watch_quiet()
    {
        Assert.Equal("cron(0 6 * * ? *)", (string?)Full.Properties("WatchRule")["ScheduleExpression"]);
        Assert.Equal(26 * 3_600, Number("WatchAlarm", "Period") * Number("WatchAlarm", "DatapointsToAlarm"));
        Assert.Equal(Number("WatchAlarm", "EvaluationPeriods"), Number("WatchAlarm", "DatapointsToAlarm"));
    }

    [Theory]
    [InlineData("AlarmActions")]
    [InlineData("OKActions")]
    public void Every_alarm_tells_the_topic_when_it_rings_and_when_it_ends(string actions) =>
        Assert.All(Alarms, alarm => Assert.Equal(
            Topic, (string?)Assert.Single((JsonArray)Full.Properties(alarm)[actions]!)));

    [Fact]
    public void Without_a_topic_no_alarm_acts_and_nothing_watches()
    {
        var silent = Template.Render(("TriggerQueue", "yes"));

        Assert.Equal(
            Alarms.Except(["WatchAlarm", "ExecutionsAlarm"]),
            silent.OfType("AWS::CloudWatch::Alarm").Order(StringComparer.Ordinal));
        Assert.All(silent.OfType("AWS::CloudWatch::Alarm"), alarm =>
        {
            Assert.Null(silent.Properties(alarm)["AlarmActions"]);
            Assert.Null(silent.Properties(alarm)["OKActions"]);
        });
    }

    [Fact]
    public void No_alarm_looks_further_back_than_cloudwatch_does() => Assert.All(Alarms, alarm =>
    {
        int window = Number(alarm, "Period") * Number(alarm, "EvaluationPeriods");

        Assert.InRange(window, 60, Number(alarm, "Period") >= 3_600 ? 604_800 : 86_400);
    });

    /// <summary>A number of an alarm; the period of a sum of metrics is that of each of them.</summary>
    private static int Number(string alarm, string property) => int.Parse((string)(
        Full.Properties(alarm)[property] ?? Metrics(alarm).Select(metric => metric[property]).Distinct().First())!);

    private static string? Namespace(string alarm) => (string?)Full.Properties(alarm)["Namespace"];

    private static IEnumerable<JsonNode> Metrics(string alarm) =>
        ((JsonArray)Full.Properties(alarm)["Metrics"]!).Select(metric => metric!["MetricStat"]).OfType<JsonNode>();
}
