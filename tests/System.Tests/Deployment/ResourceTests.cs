using System.Text.Json.Nodes;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

public class ResourceTests
{
    private static readonly Stack Full = Template.Render(
        ("StageOneEventSource", "cloudtrail.daily"), ("TriggerQueue", "yes"), ("GlueDatabase", "audit"),
        ("GlueTable", "cloudtrail_events"), ("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"));

    [Fact]
    public void The_function_is_what_the_managed_runtime_starts_with_its_layer()
    {
        var function = Template.Render(("Architecture", "x86_64"), ("FunctionMemory", "3538"))
            .Properties("LambdaFunction");

        Assert.Equal("dotnet10", (string?)function["Runtime"]);
        Assert.Equal("CloudTrailAggregation", (string?)function["Handler"]);
        Assert.Equal("x86_64", (string?)Assert.Single((JsonArray)function["Architectures"]!));
        Assert.Equal("ParquetSharpLayer", (string?)Assert.Single((JsonArray)function["Layers"]!));
        Assert.Equal("900", (string?)function["Timeout"]);
        Assert.Equal("3538", (string?)function["MemorySize"]);
        Assert.Equal("code-bucket", (string?)function["Code"]!["S3Bucket"]);
        Assert.Equal("cloudtrail-aggregation-arm64.zip", (string?)function["Code"]!["S3Key"]);
        Assert.Null(function["VpcConfig"]);
    }

    [Fact]
    public void The_function_logs_json_into_its_own_group_and_lambda_filters_none_of_it()
    {
        var logging = Full.Properties("LambdaFunction")["LoggingConfig"]!;

        Assert.Equal("JSON", (string?)logging["LogFormat"]);
        Assert.Equal("TRACE", (string?)logging["ApplicationLogLevel"]);
        Assert.Equal("LambdaLogGroup", (string?)logging["LogGroup"]);
        Assert.Equal(
            "/aws/lambda/cloudtrail-month-to-parquet", (string?)Full.Properties("LambdaLogGroup")["LogGroupName"]);
        Assert.Equal("90", (string?)Full.Properties("LambdaLogGroup")["RetentionInDays"]);
    }

    [Fact]
    public void A_run_that_fails_asynchronously_is_tried_again_and_then_kept()
    {
        var configuration = Full.Properties("AsynchronousInvocation");

        Assert.Equal("LambdaFunction", (string?)configuration["FunctionName"]);
        Assert.Equal("$LATEST", (string?)configuration["Qualifier"]);
        Assert.Equal("FailureQueue.Arn", (string?)configuration["DestinationConfig"]!["OnFailure"]!["Destination"]);
        Assert.Equal("1", (string?)configuration["MaximumRetryAttempts"]);
        Assert.Equal("21600", (string?)configuration["MaximumEventAgeInSeconds"]);
    }

    [Theory]
    [InlineData("ScheduleRule", "SchedulePermission", null)]
    [InlineData("StageOneRule", "StageOnePermission", null)]
    [InlineData("WatchRule", "WatchPermission", """{"watch":true}""")]
    public void Each_rule_may_start_the_function_tries_again_for_six_hours_and_keeps_what_never_arrived(
        string rule, string permission, string? input)
    {
        var target = Assert.Single((JsonArray)Full.Properties(rule)["Targets"]!)!;

        Assert.Equal("LambdaFunction.Arn", (string?)target["Arn"]);
        Assert.Equal(
            """{"MaximumRetryAttempts":"24","MaximumEventAgeInSeconds":"21600"}""",
            target["RetryPolicy"]!.ToJsonString());
        Assert.Equal("FailureQueue.Arn", (string?)target["DeadLetterConfig"]!["Arn"]);
        Assert.Equal(input, (string?)target["Input"]);
        Assert.Null(target["RoleArn"]);
        Assert.Equal("ENABLED", (string?)Full.Properties(rule)["State"]);
        Assert.Equal(
            """{"Action":"lambda:InvokeFunction","FunctionName":"LambdaFunction.Arn","Principal":"""
            + $"\"events.amazonaws.com\",\"SourceArn\":\"{rule}.Arn\"}}",
            Full.Properties(permission).ToJsonString());
    }

    [Fact]
    public void The_rules_have_the_schedule_and_the_pattern_that_were_asked_for()
    {
        Assert.Equal("cron(0 3 1 * ? *)", (string?)Full.Properties("ScheduleRule")["ScheduleExpression"]);
        Assert.Equal(
            """{"source":["cloudtrail.daily"],"detail":{"year":[{"exists":"true"}],"month":[{"exists":"true"}]}}""",
            Full.Properties("StageOneRule")["EventPattern"]!.ToJsonString());
    }

    [Theory]
    [InlineData("ErrorsAlarm", "AWS/Lambda", "Errors", "FunctionName LambdaFunction", "Sum", "GreaterThanThreshold 0")]
    [InlineData(
        "DeadLettersAlarm", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName FailureQueue.QueueName",
        "Maximum", "GreaterThanThreshold 0")]
    [InlineData(
        "TriggerDeadLettersAlarm", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName TriggerDLQ.QueueName",
        "Maximum", "GreaterThanThreshold 0")]
    [InlineData(
        "FailedRunsAlarm", "CloudTrailAggregation", "FailedRuns", "FunctionName LambdaFunction", "Sum",
        "GreaterThanThreshold 0")]
    [InlineData(
        "RejectsAlarm", "CloudTrailAggregation", "NewRejects", "FunctionName LambdaFunction", "Sum",
        "GreaterThanThreshold 0")]
    [InlineData(
        "DamagedObjectsAlarm", "CloudTrailAggregation", "NewDamagedObjects", "FunctionName LambdaFunction", "Sum",
        "GreaterThanThreshold 0")]
    [InlineData(
        "ObjectsWithoutEventsAlarm", "CloudTrailAggregation", "ObjectsWithoutEvents",
        "FunctionName LambdaFunction, Trigger schedule", "Maximum", "GreaterThanThreshold 0")]
    [InlineData(
        "MissingDaysAlarm", "CloudTrailAggregation", "MissingDays", "FunctionName LambdaFunction, Trigger schedule",
        "Maximum", "GreaterThanThreshold 0")]
    [InlineData(
        "DurationAlarm", "CloudTrailAggregation", "DurationMs", "FunctionName LambdaFunction", "Maximum",
        "GreaterThanThreshold 720000")]
    [InlineData(
        "WatchAlarm", "CloudTrailAggregation", "LastMonthWritten", "FunctionName LambdaFunction", "Maximum",
        "LessThanThreshold 1")]
    public void Each_alarm_watches_its_metric(
        string alarm, string space, string metric, string dimension, string statistic, string threshold)
    {
        var properties = Full.Properties(alarm);

        Assert.Equal(space, (string?)properties["Namespace"]);
        Assert.Equal(metric, (string?)properties["MetricName"]);
        Assert.Equal(dimension, Dimension(properties));
        Assert.Equal(statistic, (string?)properties["Statistic"]);
        Assert.Equal(threshold, $"{properties["ComparisonOperator"]} {properties["Threshold"]}");
    }

    /// <summary>An alarm on a metric that the function does not write would never ring.</summary>
    [Fact]
    public void The_function_writes_each_metric_of_its_own_that_an_alarm_watches_with_its_dimensions()
    {
        var written = WrittenMetrics();

        Assert.All(
            Full.OfType("AWS::CloudWatch::Alarm").Select(Full.Properties)
                .Where(alarm => (string?)alarm["Namespace"] == "CloudTrailAggregation"),
            alarm => Assert.Contains(
                $"{alarm["MetricName"]} by "
                + string.Join(' ', ((JsonArray)alarm["Dimensions"]!).Select(d => d!["Name"])),
                written));
    }

    private static List<string> WrittenMetrics()
    {
        using var output = new MemoryStream();
        var report = new RunReport
        {
            Month = "2024-02",
            Status = RunStatus.Written,
            Layout = SourceLayout.Daily,
            SourceFiles = 1,
            SourceBytes = 1,
            IgnoredKeys = new IgnoredKeys(0, []),
        };
        MetricLine.Write(output, "f", report, isScheduled: true, TimeProvider.System);
        MetricLine.WriteFailure(output, "f", new Month(2024, 2), isScheduled: true, TimeProvider.System);
        MetricLine.WriteWatch(
            output, "f", new WrittenMonth("2024-02", IsWritten: false, File: null, Modified: null),
            TimeProvider.System);
        return
        [
            .. from line in LogLines.Parse(output)
               from directive in line.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray()
               from metric in directive.GetProperty("Metrics").EnumerateArray()
               from set in directive.GetProperty("Dimensions").EnumerateArray()
               select $"{metric.GetProperty("Name")} by {string.Join(' ', set.EnumerateArray())}",
        ];
    }

    [Fact]
    public void Every_queue_is_encrypted_and_keeps_its_messages_for_two_weeks()
    {
        Assert.Equal(3, Full.OfType("AWS::SQS::Queue").Count());
        Assert.All(Full.OfType("AWS::SQS::Queue"), q =>
        {
            Assert.Equal("true", (string?)Full.Properties(q)["SqsManagedSseEnabled"]);
            Assert.Equal("1209600", (string?)Full.Properties(q)["MessageRetentionPeriod"]);
        });
    }

    /// <summary>
    /// Deleting the stack deletes everything, because names are fixed; a replacement keeps what somebody may still want
    /// to read.
    /// </summary>
    [Fact]
    public void What_can_hold_something_goes_with_the_stack_and_is_kept_by_a_replacement_where_it_may_be_wanted()
    {
        string[] stateful = ["AWS::Logs::LogGroup", "AWS::SQS::Queue"];

        Assert.Equal(
            [
                "LambdaLogGroup: Delete, Retain", "FailureQueue: Delete, Retain", "TriggerSource: Delete, Delete",
                "TriggerDLQ: Delete, Retain",
            ],
            stateful.SelectMany(Full.OfType).Select(
                r => $"{r}: {Full.Resources[r]!["DeletionPolicy"]}, {Full.Resources[r]!["UpdateReplacePolicy"]}"));
    }

    [Fact]
    public void The_outputs_are_commands_for_this_stack()
    {
        Assert.StartsWith(
            "AWS_MAX_ATTEMPTS=1 aws lambda invoke --region us-east-1 --function-name LambdaFunction ",
            (string?)Full.Outputs["RunOnce"]!["Value"],
            StringComparison.Ordinal);
        Assert.Equal(
            "aws s3 ls --recursive s3://monthly-bucket/cloudtrail_monthly/",
            (string?)Full.Outputs["ListOutput"]!["Value"]);
        Assert.Equal("LambdaRole.Arn", (string?)Full.Outputs["RoleArn"]!["Value"]);
        Assert.Equal("FailureQueue", (string?)Full.Outputs["FailureQueueUrl"]!["Value"]);
    }

    /// <summary>An alarm with another name than its metric's would never get data.</summary>
    private static string Dimension(JsonNode metric) =>
        string.Join(", ", ((JsonArray)metric["Dimensions"]!).Select(d => $"{d!["Name"]} {d["Value"]}"));
}
