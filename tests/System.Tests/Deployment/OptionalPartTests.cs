using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>What each parameter adds, and that it is absent without the parameter.</summary>
public class OptionalPartTests
{
    private const string Topic = "arn:aws:sns:us-east-1:123456789012:operations";

    private static readonly (string Name, string Value) NoSchedule = ("ScheduleExpression", "");

    private static readonly string[] Always =
    [
        "LambdaLogGroup", "LambdaRole", "ParquetSharpLayer", "LambdaFunction", "AsynchronousInvocation", "FailureQueue",
        "ErrorsAlarm", "FailedRunsAlarm", "DeadLettersAlarm", "RejectsAlarm", "DamagedObjectsAlarm",
        "ObjectsWithoutEventsAlarm", "MissingDaysAlarm", "DurationAlarm",
    ];

    [Fact]
    public void With_nothing_optional_the_stack_is_the_function_its_log_its_failures_and_its_alarms() =>
        Assert.Equal(Sorted(Always), Sorted(Template.Render(NoSchedule).Names));

    [Fact]
    public void A_schedule_adds_its_rule_and_permission()
    {
        Assert.Equal(
            Sorted(Always, ["ScheduleRule", "SchedulePermission", "FailureQueuePolicy"]),
            Sorted(Template.Render().Names));
    }

    [Fact]
    public void Stage_ones_event_adds_its_rule_its_permission_and_the_event_to_paste()
    {
        var stack = Template.Render(NoSchedule, ("StageOneEventSource", "cloudtrail.daily"));

        Assert.Equal(
            Sorted(Always, ["StageOneRule", "StageOnePermission", "FailureQueuePolicy"]),
            Sorted(stack.Names));
        Assert.Contains(
            "\"Source\":\"cloudtrail.daily\"", (string?)stack.Outputs["StageOneEvent"]!["Value"],
            StringComparison.Ordinal);
        Assert.False(Template.Render().Outputs.ContainsKey("StageOneEvent"));
    }

    [Fact]
    public void The_queue_adds_its_dead_letter_queue_its_source_mapping_its_alarm_and_its_url()
    {
        var stack = Template.Render(NoSchedule, ("TriggerQueue", "yes"), ("MaximumConcurrency", "5"));

        Assert.Equal(
            Sorted(Always, ["TriggerSource", "TriggerDLQ", "Trigger", "TriggerDeadLettersAlarm"]),
            Sorted(stack.Names));
        Assert.Equal("TriggerSource", (string?)stack.Outputs["TriggerQueueUrl"]!["Value"]);
        Assert.False(Template.Render().Outputs.ContainsKey("TriggerQueueUrl"));

        var mapping = stack.Properties("Trigger");
        Assert.Equal("1", (string?)mapping["BatchSize"]);
        Assert.Equal("ReportBatchItemFailures", (string?)Assert.Single((JsonArray)mapping["FunctionResponseTypes"]!));
        Assert.Equal("5", (string?)mapping["ScalingConfig"]!["MaximumConcurrency"]);
        Assert.Equal("TriggerSource.Arn", (string?)mapping["EventSourceArn"]);

        var queue = stack.Properties("TriggerSource");
        int timeout = int.Parse((string)stack.Properties("LambdaFunction")["Timeout"]!);
        Assert.Equal(6 * timeout, int.Parse((string)queue["VisibilityTimeout"]!));
        Assert.Equal("TriggerDLQ.Arn", (string?)queue["RedrivePolicy"]!["deadLetterTargetArn"]);
    }

    [Fact]
    public void Days_in_parallel_add_the_state_machine_its_roles_and_its_alarm_and_the_rules_start_it()
    {
        (string, string)[] parameters =
            [("Unit", "day"), ("FanOut", "yes"), ("StageOneEventSource", "cloudtrail.daily")];
        var stack = Template.Render(parameters);
        string[] machine = ["DaysMachine", "DaysMachineRole", "ExecutionsAlarm"];

        Assert.Equal(
            Sorted(Always, machine, ["DaysMachineStarter", "ScheduleRule", "StageOneRule", "FailureQueuePolicy"]),
            Sorted(stack.Names));
        Assert.Equal(
            Sorted(Always, machine),
            Sorted(Template.Render(NoSchedule, ("Unit", "day"), ("FanOut", "yes")).Names));
        Assert.All(new[] { "ScheduleRule", "StageOneRule" }, rule =>
        {
            var target = Assert.Single((JsonArray)stack.Properties(rule)["Targets"]!)!;
            Assert.Equal(
                ("DaysMachine", "DaysMachineStarter.Arn"), ((string?)target["Arn"], (string?)target["RoleArn"]));
            Assert.Null(target["Input"]);
            Assert.Equal("FailureQueue.Arn", (string?)target["DeadLetterConfig"]!["Arn"]);
        });
        Assert.Equal("DaysMachine", (string?)stack.Outputs["DaysMachineArn"]!["Value"]);
        Assert.StartsWith(
            "aws stepfunctions start-execution --region us-east-1 --state-machine-arn DaysMachine --input '{",
            (string?)stack.Outputs["RunDays"]!["Value"], StringComparison.Ordinal);
        Assert.False(Template.Render(("Unit", "day")).Outputs.ContainsKey("DaysMachineArn"));
    }

    [Theory]
    [InlineData("ReservedConcurrency", "3", "ReservedConcurrentExecutions")]
    public void An_empty_parameter_leaves_the_functions_property_out(string parameter, string value, string property)
    {
        Assert.Equal(value, (string?)Template.Render((parameter, value)).Properties("LambdaFunction")[property]);
        Assert.Null(Template.Render((parameter, "")).Properties("LambdaFunction")[property]);
    }

    [Fact]
    public void An_object_version_pins_the_code()
    {
        Assert.Equal("v7", (string?)Template.Render(("CodeObjectVersion", "v7"))
            .Properties("LambdaFunction")["Code"]!["S3ObjectVersion"]);
        Assert.Null(Template.Render().Properties("LambdaFunction")["Code"]!["S3ObjectVersion"]);
    }

    /// <summary>
    /// Without a topic nobody would hear of a month that was not written, and without a trigger none is expected.
    /// </summary>
    [Fact]
    public void A_topic_and_a_trigger_add_the_daily_question_and_the_alarm_on_its_answer()
    {
        string[] watch = ["WatchRule", "WatchPermission", "WatchAlarm"];

        Assert.Equal(
            Sorted(watch),
            Sorted(Template.Render(("AlarmTopicArn", Topic)).Names.Except(Template.Render().Names)));
        Assert.Equal(
            Sorted(watch, ["FailureQueuePolicy"]),
            Sorted(Template.Render(NoSchedule, ("TriggerQueue", "yes"), ("AlarmTopicArn", Topic)).Names
                .Except(Template.Render(NoSchedule, ("TriggerQueue", "yes")).Names)));
        Assert.Equal(Sorted(Always), Sorted(Template.Render(NoSchedule, ("AlarmTopicArn", Topic)).Names));
        Assert.Empty(Template.Render(("AlarmTopicArn", Topic)).OfType("AWS::StepFunctions::StateMachine"));
    }

    [Fact]
    public void The_stack_makes_the_layer_from_its_zip_and_an_ARN_that_is_given_comes_first()
    {
        const string Arn = "arn:aws:lambda:us-east-1:123456789012:layer:parquetsharp-arm64:3";
        var made = Template.Render(("LayerKey", "layers/7.zip"), ("Architecture", "x86_64"));
        var given = Template.Render(("LayerKey", "layers/7.zip"), ("ParquetSharpLayerArn", Arn));

        var layer = made.Properties("ParquetSharpLayer");
        Assert.Equal(
            """{"S3Bucket":"code-bucket","S3Key":"layers/7.zip"}""", layer["Content"]!.ToJsonString());
        Assert.Equal("x86_64", (string?)Assert.Single((JsonArray)layer["CompatibleArchitectures"]!));
        Assert.Equal("dotnet10", (string?)Assert.Single((JsonArray)layer["CompatibleRuntimes"]!));
        Assert.Equal("ParquetSharpLayer", Layer(made));
        Assert.Equal(Arn, Layer(given));
        Assert.DoesNotContain("ParquetSharpLayer", given.Names);

        static string? Layer(Stack stack) =>
            (string?)Assert.Single((JsonArray)stack.Properties("LambdaFunction")["Layers"]!);
    }

    [Fact]
    public void An_image_takes_the_place_of_the_zips_and_their_layer()
    {
        string uri = "account.example/function@sha256:" + new string('0', 64);
        (string, string)[] noZips = [("CodeBucket", ""), ("CodeKey", ""), ("LayerKey", "")];

        var image = Template.Render([.. noZips, ("ImageUri", uri)]);
        var zips = Template.Render();

        var function = image.Properties("LambdaFunction");
        Assert.Equal("Image", (string?)function["PackageType"]);
        Assert.Equal(uri, (string?)Assert.Single((JsonObject)function["Code"]!).Value);
        Assert.All(["Runtime", "Handler", "Layers"], property => Assert.Null(function[property]));
        Assert.Equal("ParquetSharpLayer", Assert.Single(zips.Names.Except(image.Names)));
        Assert.Empty(image.Names.Except(zips.Names));

        // All else is the same.
        string[] ofPackage = ["PackageType", "Code", "Runtime", "Handler", "Layers"];
        Assert.Null(zips.Properties("LambdaFunction")["PackageType"]);
        Assert.Equal(
            zips.Properties("LambdaFunction").Where(p => !ofPackage.Contains(p.Key)).Select(p => $"{p.Key}: {p.Value}"),
            function.Where(p => !ofPackage.Contains(p.Key)).Select(p => $"{p.Key}: {p.Value}"));
    }

    [Fact]
    public void A_name_for_the_role_is_the_roles_name()
    {
        Assert.Equal("audit", (string?)Template.Render(("RoleName", "audit")).Properties("LambdaRole")["RoleName"]);
        Assert.Null(Template.Render().Properties("LambdaRole")["RoleName"]);
    }

    [Fact]
    public void Both_names_of_a_table_add_the_table_and_a_query_to_paste()
    {
        var stack = Template.Render(("GlueDatabase", "audit"), ("GlueTable", "cloudtrail_events"));

        Assert.Equal("AthenaTable", Assert.Single(stack.Names.Except(Template.Render().Names)));
        Assert.Contains(
            "audit.cloudtrail_events", (string?)stack.Outputs["FirstQuery"]!["Value"], StringComparison.Ordinal);
        Assert.False(Template.Render().Outputs.ContainsKey("FirstQuery"));
    }

    private static IEnumerable<string> Sorted(params IEnumerable<string>[] names) =>
        names.SelectMany(n => n).Order(StringComparer.Ordinal);
}
