using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>Every statement of every policy, word for word: a wider one fails here.</summary>
public class PermissionTests
{
    private const string SourceKey = "arn:aws:kms:us-east-1:123456789012:key/source";
    private const string SseKey = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/sse";
    private const string DestinationKey = "arn:aws:kms:us-east-1:123456789012:key/destination";

    [Fact]
    public void The_function_may_list_two_prefixes_read_one_write_its_own_names_and_log()
    {
        string[] expected =
        [
            "ListSource: s3:ListBucket on arn:aws:s3:::daily-bucket if StringLike s3:prefix cloudtrail_daily/*",
            "ReadSource: s3:GetObject on arn:aws:s3:::daily-bucket/cloudtrail_daily/*",
            "ListDestination: s3:ListBucket on arn:aws:s3:::monthly-bucket "
            + "if StringLike s3:prefix cloudtrail_monthly/*",
            "WriteDestination: s3:GetObject s3:PutObject s3:AbortMultipartUpload s3:DeleteObject"
                + " on arn:aws:s3:::monthly-bucket/cloudtrail_monthly/????/??/??????.parquet"
                + " arn:aws:s3:::monthly-bucket/cloudtrail_monthly/_rejected/????/??/??????.ndjson.gz",
            "WriteLog: logs:CreateLogStream logs:PutLogEvents"
                + " on arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/cloudtrail-month-to-parquet:*",
            "SendFailures: sqs:SendMessage on FailureQueue.Arn",
        ];

        Assert.Equal(expected, Statements(Template.Render(), "LambdaRole"));
    }

    [Fact]
    public void Queue_and_keys_add_one_statement_each()
    {
        var stack = Template.Render(
            ("TriggerQueue", "yes"), ("SourceKmsKeyArn", SourceKey), ("DestinationKmsKeyArn", DestinationKey));

        string[] expected =
        [
            "ReceiveTriggers: sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on TriggerSource.Arn",
            $"DecryptSource: kms:Decrypt on {SourceKey} "
            + "if StringLike kms:ViaService s3.*.amazonaws.com s3.*.amazonaws.com.cn",
            $"EncryptDestination: kms:Decrypt kms:GenerateDataKey on {DestinationKey} "
            + "if StringLike kms:ViaService s3.*.amazonaws.com s3.*.amazonaws.com.cn",
        ];
        Assert.Equal(expected, Statements(stack, "LambdaRole").Except(Statements(Template.Render(), "LambdaRole")));
    }

    [Theory]
    [InlineData("", "aws:kms:" + SseKey, SseKey)]
    [InlineData(DestinationKey, "aws:kms:" + SseKey, DestinationKey + " " + SseKey)]
    [InlineData(DestinationKey, "aws:kms", DestinationKey)]
    public void The_key_that_uploads_name_may_be_used_like_the_buckets_own(
        string destinationKey, string sse, string keys)
    {
        var stack = Template.Render(("DestinationKmsKeyArn", destinationKey), ("DstSse", sse));

        Assert.Equal(
            [
                $"EncryptDestination: kms:Decrypt kms:GenerateDataKey on {keys} "
                + "if StringLike kms:ViaService s3.*.amazonaws.com s3.*.amazonaws.com.cn",
            ],
            Statements(stack, "LambdaRole").Except(Statements(Template.Render(), "LambdaRole")));
    }

    [Theory]
    [InlineData("AES256")]
    [InlineData("aws:kms")]
    public void An_encryption_without_a_key_of_its_own_adds_no_permission(string sse) =>
        Assert.Equal(
            Statements(Template.Render(), "LambdaRole"), Statements(Template.Render(("DstSse", sse)), "LambdaRole"));

    [Fact]
    public void The_role_has_inline_policies_alone_and_is_taken_by_Lambda_alone()
    {
        var stack = Template.Render();

        Assert.All(stack.OfType("AWS::IAM::Role"), role => Assert.Null(stack.Properties(role)["ManagedPolicyArns"]));
        Assert.Equal("lambda.amazonaws.com", (string?)Trust(stack, "LambdaRole")["Principal"]!["Service"]);
    }

    /// <summary>
    /// The map over months starts executions of the machine itself. Their names begin with the machine's name, and with
    /// a slash where a map started them.
    /// </summary>
    [Fact]
    public void The_state_machine_may_call_this_function_and_start_and_follow_its_own_executions()
    {
        const string Own = "arn:aws:states:us-east-1:123456789012:";
        const string Name = "cloudtrail-month-to-parquet-days";
        var stack = Template.Render(("Unit", "day"), ("FanOut", "yes"));
        var trust = Trust(stack, "DaysMachineRole");

        Assert.Equal(
            [
                "InvokeFunction: lambda:InvokeFunction on LambdaFunction.Arn",
                $"StartMonths: states:StartExecution on {Own}stateMachine:{Name}",
                "FollowMonths: states:DescribeExecution states:StopExecution "
                + $"on {Own}execution:{Name}:* {Own}execution:{Name}/*",
            ],
            Statements(stack, "DaysMachineRole"));
        Assert.Equal(Name, (string?)stack.Properties("DaysMachine")["StateMachineName"]);
        Assert.Equal("states.amazonaws.com", (string?)trust["Principal"]!["Service"]);
        Assert.Equal($"{Own}stateMachine:{Name}", (string?)trust["Condition"]!["ArnEquals"]!["aws:SourceArn"]);
    }

    [Fact]
    public void The_rules_may_start_this_state_machine_and_no_longer_the_function()
    {
        var stack = Template.Render(("Unit", "day"), ("FanOut", "yes"), ("StageOneEventSource", "cloudtrail.daily"));
        var trust = Trust(stack, "DaysMachineStarter");

        Assert.Equal(
            ["StartDaysMachine: states:StartExecution on DaysMachine"], Statements(stack, "DaysMachineStarter"));
        Assert.Equal("events.amazonaws.com", (string?)trust["Principal"]!["Service"]);
        Assert.Equal("123456789012", (string?)trust["Condition"]!["StringEquals"]!["aws:SourceAccount"]);
        Assert.Empty(stack.OfType("AWS::Lambda::Permission"));
    }

    /// <summary>The daily question whether last month was written needs no role: a rule asks the function.</summary>
    [Fact]
    public void There_is_one_role_whatever_the_stack_has_except_days_in_parallel() => Assert.Equal(
        ["LambdaRole"],
        Template.Render(
            ("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"), ("TriggerQueue", "yes"),
            ("StageOneEventSource", "cloudtrail.daily")).OfType("AWS::IAM::Role"));

    [Theory]
    [InlineData("cron(0 3 1 * ? *)", "", "", "ScheduleRule.Arn")]
    [InlineData("", "cloudtrail.daily", "", "StageOneRule.Arn")]
    [InlineData("cron(0 3 1 * ? *)", "cloudtrail.daily", "", "ScheduleRule.Arn StageOneRule.Arn")]
    [InlineData(
        "cron(0 3 1 * ? *)", "", "arn:aws:sns:us-east-1:123456789012:operations", "ScheduleRule.Arn WatchRule.Arn")]
    public void The_rules_that_exist_and_no_others_may_leave_dead_letters(
        string schedule, string source, string topic, string rules)
    {
        var stack = Template.Render(
            ("ScheduleExpression", schedule), ("StageOneEventSource", source), ("AlarmTopicArn", topic));
        var statement = Assert.Single(
            (JsonArray)stack.Properties("FailureQueuePolicy")["PolicyDocument"]!["Statement"]!)!;

        Assert.Equal("events.amazonaws.com", (string?)statement["Principal"]!["Service"]);
        Assert.Equal(
            $"DeadLettersOfTheRules: sqs:SendMessage on FailureQueue.Arn if ArnEquals aws:SourceArn {rules}",
            Line(statement));
    }

    [Fact]
    public void A_boundary_bounds_every_role()
    {
        const string Boundary = "arn:aws:iam::123456789012:policy/boundary";
        (string, string)[] everyRole = [("Unit", "day"), ("FanOut", "yes")];
        var bounded = Template.Render([.. everyRole, ("PermissionsBoundaryArn", Boundary)]);
        var free = Template.Render(everyRole);

        Assert.Equal(3, bounded.OfType("AWS::IAM::Role").Count());

        Assert.All(bounded.OfType("AWS::IAM::Role"), r => Assert.Equal(
            Boundary, (string?)bounded.Properties(r)["PermissionsBoundary"]));
        Assert.All(free.OfType("AWS::IAM::Role"), r => Assert.Null(free.Properties(r)["PermissionsBoundary"]));
    }

    private static JsonNode Trust(Stack stack, string role) =>
        Assert.Single((JsonArray)stack.Properties(role)["AssumeRolePolicyDocument"]!["Statement"]!)!;

    private static IEnumerable<string> Statements(Stack stack, string role)
    {
        var policy = Assert.Single((JsonArray)stack.Properties(role)["Policies"]!)!;
        return ((JsonArray)policy["PolicyDocument"]!["Statement"]!).Select(s => Line(s!));
    }

    private static string Line(JsonNode statement)
    {
        Assert.Equal("Allow", (string?)statement["Effect"]);
        string line = $"{statement["Sid"]}: {Words(statement["Action"])} on {Words(statement["Resource"])}";
        if (statement["Condition"] is not JsonObject condition)
        {
            return line;
        }

        var terms = condition.SelectMany(o => ((JsonObject)o.Value!).Select(k => $"{o.Key} {k.Key} {Words(k.Value)}"));
        return $"{line} if {string.Join(" and ", terms)}";
    }

    private static string Words(JsonNode? node) =>
        node is JsonArray array ? string.Join(' ', array.Select(a => (string?)a)) : (string)node!;
}
