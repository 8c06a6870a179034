using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>The period of each alarm, and how it treats missing data.</summary>
public class AlarmTests
{
    private static readonly Stack Full = Template.Render(
        ("StageOneEventSource", "cloudtrail.daily"), ("TriggerQueue", "yes"));

    /// <summary>
    /// An alarm on a run's metrics is quiet while nothing runs. Only NoRunAlarm must fire when there is no data,
    /// because it reports that no run comes at all.
    /// </summary>
    private static readonly (string Alarm, string Period, string EvaluationPeriods, string Missing)[] Expected =
    [
        ("DeadLettersAlarm", "300", "1", "notBreaching"),
        ("DurationAlarm", "300", "1", "notBreaching"),
        ("ErrorsAlarm", "300", "1", "notBreaching"),
        ("NoRunAlarm", "86400", "2", "missing"),
        ("RejectsAlarm", "300", "1", "notBreaching"),
        ("TriggerDeadLettersAlarm", "300", "1", "notBreaching"),
    ];

    [Fact]
    public void Every_alarm_looks_as_often_and_takes_missing_data_for_what_it_should()
    {
        var alarms = Full.OfType("AWS::CloudWatch::Alarm").Order(StringComparer.Ordinal).Select(alarm =>
        {
            var properties = Full.Properties(alarm);
            string? Property(string name) => (string?)properties[name];
            return (alarm, Property("Period"), Property("EvaluationPeriods"), Property("TreatMissingData"));
        });

        Assert.Equal(Expected, alarms!);
    }

    [Fact]
    public void An_alarm_that_no_data_may_not_silence_says_so_when_there_is_none()
    {
        const string Topic = $"arn:aws:sns:{Template.Region}:{Template.Account}:alarms";
        var stack = Template.Render(("TriggerQueue", "yes"), ("AlarmTopicArn", Topic));

        Assert.All(Expected, expected =>
        {
            var properties = stack.Properties(expected.Alarm);
            Assert.Equal(Topic, (string?)Assert.Single((JsonArray)properties["AlarmActions"]!));
            Assert.Equal(
                expected.Missing == "missing" ? Topic : null,
                (string?)((JsonArray?)properties["InsufficientDataActions"])?[0]);
        });
    }
}
