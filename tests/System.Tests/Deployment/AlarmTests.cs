using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>When each alarm looks, and what it takes silence for.</summary>
public class AlarmTests
{
    private static readonly Stack Full = Template.Render(("StageOneEventSource", "cloudtrail.daily"), ("TriggerQueue", "yes"));

    /// <summary>
    /// An alarm on what a run reports is quiet while none runs. That no run comes at all is the last one's business: it
    /// must not take silence for good.
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
            return (alarm, (string?)properties["Period"], (string?)properties["EvaluationPeriods"], (string?)properties["TreatMissingData"]);
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
            Assert.Equal(expected.Missing == "missing" ? Topic : null, (string?)((JsonArray?)properties["InsufficientDataActions"])?[0]);
        });
    }
}
