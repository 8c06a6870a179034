using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// The stack created on moto in each mode and read back through the services' own APIs. moto's CloudFormation omits the
/// resource types and properties in <see cref="NotInMoto"/> and
/// <see cref="What_moto_leaves_out_is_this_and_no_more"/>; <see cref="ResourceTests"/>,
/// <see cref="OptionalPartTests"/> and <see cref="TableTests"/> check those on the template.
/// </summary>
[Trait("Category", TestRun.Full)]
public class StackOnMotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private const string FunctionArn = "arn:aws:lambda:us-east-1:123456789012:function:cloudtrail-month-to-parquet";
    private const string MachineArn =
        "arn:aws:states:us-east-1:123456789012:stateMachine:cloudtrail-month-to-parquet-days";
    private const string Queues = "arn:aws:sqs:us-east-1:123456789012:cloudtrail-month-to-parquet-";
    private const string Key = "arn:aws:kms:us-east-1:123456789012:key/0123-4567";

    /// <summary>moto 5.2.1's CloudFormation does not support these, so the stack is created without them.</summary>
    private static readonly string[] NotInMoto =
    [
        "AWS::CloudWatch::Alarm", "AWS::Glue::Table", "AWS::Lambda::EventInvokeConfig", "AWS::SQS::QueuePolicy",
    ];

    [Fact]
    public async Task With_a_schedule()
    {
        var there = await CreateAsync();

        AssertStarts(there, "ScheduleRule");
        Assert.Equal("cron(0 3 1 * ? *)", (string?)there["rules"]!["ScheduleRule"]!["ScheduleExpression"]);
    }

    [Fact]
    public async Task With_the_event_of_stage_one()
    {
        var there = await CreateAsync(("ScheduleExpression", ""), ("StageOneEventSource", "cloudtrail.daily"));

        AssertStarts(there, "StageOneRule");
        var pattern = JsonNode.Parse((string)there["rules"]!["StageOneRule"]!["EventPattern"]!)!;
        Assert.Equal(
            """{"source":["cloudtrail.daily"],"detail":{"year":[{"exists":true}],"month":[{"exists":true}]}}""",
            pattern.ToJsonString());
    }

    [Fact]
    public async Task With_both() =>
        AssertStarts(await CreateAsync(("StageOneEventSource", "cloudtrail.daily")), "ScheduleRule", "StageOneRule");

    [Fact]
    public async Task With_a_topic_it_asks_once_a_day_whether_last_month_was_written()
    {
        var there = await CreateAsync(("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"));

        AssertStarts(there, "ScheduleRule", "WatchRule");
        var rule = there["rules"]!["WatchRule"]!;
        Assert.Equal("cron(0 6 * * ? *)", (string?)rule["ScheduleExpression"]);
        Assert.Equal("""{"watch":true}""", (string?)Assert.Single((JsonArray)rule["Targets"]!)!["Input"]);
        Assert.Empty((JsonArray)there["machines"]!);
    }

    [Fact]
    public async Task With_days_in_parallel_the_rules_start_the_state_machine_and_may_not_call_the_function()
    {
        var there = await CreateAsync(
            ("Unit", "day"), ("FanOut", "yes"), ("StageOneEventSource", "cloudtrail.daily"));

        Assert.Equal("CREATE_COMPLETE", (string?)there["status"]);
        Assert.Equal("cloudtrail-month-to-parquet-days", (string?)Assert.Single((JsonArray)there["machines"]!));
        Assert.Equal(MachineArn, (string?)there["outputs"]!["DaysMachineArn"]);
        Assert.Empty((JsonArray)there["allowed"]!);
        Assert.Equal(["ScheduleRule", "StageOneRule"], Names(there["rules"]!));
        Assert.All(new[] { "ScheduleRule", "StageOneRule" }, rule =>
        {
            var target = Assert.Single((JsonArray)there["rules"]![rule]!["Targets"]!)!;
            Assert.Equal(MachineArn, (string?)target["Arn"]);
            Assert.Contains(":role/", (string?)target["RoleArn"], StringComparison.Ordinal);
            Assert.Equal(Queues + "failures", (string?)target["DeadLetterConfig"]!["Arn"]);
        });
    }

    [Fact]
    public async Task With_a_layer_of_its_own()
    {
        var layers = (JsonObject)(await CreateAsync())["layers"]!;

        var (name, version) = Assert.Single(layers);
        // moto's CloudFormation makes a name of its own.
        Assert.Contains("ParquetSharpLayer", name, StringComparison.Ordinal);
        Assert.Equal("dotnet10", (string?)Assert.Single((JsonArray)version!["CompatibleRuntimes"]!));
    }

    [Fact]
    public async Task With_a_layer_that_was_published()
    {
        var there = await CreateAsync(
            ("ParquetSharpLayerArn", "arn:aws:lambda:us-east-1:123456789012:layer:parquetsharp-arm64:3"));

        AssertStarts(there, "ScheduleRule");
        Assert.Empty((JsonObject)there["layers"]!);
    }

    [Fact]
    public async Task With_an_image()
    {
        var there = await CreateAsync(("CodeKey", ""), ("LayerKey", ""), ("ImageUri", "account.example/function:1"));

        AssertStarts(there, "ScheduleRule");
        Assert.Null(there["function"]!["Runtime"]);
        Assert.Null(there["function"]!["Handler"]);
        Assert.Empty((JsonObject)there["layers"]!);
    }

    [Fact]
    public async Task With_a_name_for_the_role()
    {
        var there = await CreateAsync(("RoleName", "audit"));

        AssertStarts(there, "ScheduleRule");
        Assert.Equal("arn:aws:iam::123456789012:role/lambda/audit", (string?)there["function"]!["Role"]);
    }

    [Fact]
    public async Task With_nothing_that_starts_it()
    {
        var there = await CreateAsync(("ScheduleExpression", ""));

        AssertStarts(there);
        Assert.Empty((JsonObject)there["rules"]!);
        Assert.Empty((JsonArray)there["machines"]!);
        Assert.Equal(["cloudtrail-month-to-parquet-failures"], Names(there["queues"]!));
    }

    [Fact]
    public async Task With_the_queue_of_the_original()
    {
        var there = await CreateAsync(("ScheduleExpression", ""), ("TriggerQueue", "yes"));

        AssertStarts(there);
        var mapping = Assert.Single((JsonArray)there["mappings"]!)!;
        Assert.Equal(Queues + "trigger", (string?)mapping["EventSourceArn"]);
        Assert.Equal(FunctionArn, (string?)mapping["FunctionArn"]);
        Assert.Equal(1, (int)mapping["BatchSize"]!);
        Assert.Equal("ReportBatchItemFailures", (string?)Assert.Single((JsonArray)mapping["FunctionResponseTypes"]!));
        Assert.Equal(2, (int)mapping["ScalingConfig"]!["MaximumConcurrency"]!);
        var queue = there["queues"]!["cloudtrail-month-to-parquet-trigger"]!;
        Assert.Equal("5400", (string?)queue["VisibilityTimeout"]);
        Assert.Equal(Queues + "dlq", (string?)JsonNode.Parse((string)queue["RedrivePolicy"]!)!["deadLetterTargetArn"]);
        Assert.EndsWith(
            "/cloudtrail-month-to-parquet-trigger", (string?)there["outputs"]!["TriggerQueueUrl"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_glue_table()
    {
        var there = await CreateAsync(("GlueDatabase", "audit"), ("GlueTable", "cloudtrail_events"));

        AssertStarts(there, "ScheduleRule");
        Assert.Contains(
            "FROM audit.cloudtrail_events ", (string?)there["outputs"]!["FirstQuery"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_kms_keys()
    {
        var there = await CreateAsync(("SourceKmsKeyArn", Key), ("DestinationKmsKeyArn", Key));

        AssertStarts(there, "ScheduleRule");
        Assert.Equal(
            [
                "DecryptSource", "EncryptDestination", "ListDestination", "ListSource", "ReadSource", "SendFailures",
                "WriteDestination", "WriteLog",
            ],
            ((JsonArray)there["policy"]!).Select(s => (string)s!["Sid"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_function_and_its_log_are_as_asked()
    {
        var there = await CreateAsync(
            ("FunctionMemory", "3538"), ("LogRetentionDays", "30"), ("Compression", "snappy"), ("DstPrefix", "m/"),
            ("SrcRegion", "eu-west-1"), ("DstSse", "aws:kms:" + Key));

        var function = there["function"]!;
        Assert.Equal("dotnet10", (string?)function["Runtime"]);
        Assert.Equal("CloudTrailAggregation", (string?)function["Handler"]);
        Assert.Equal(900, (int)function["Timeout"]!);
        Assert.Equal(3538, (int)function["MemorySize"]!);
        var variables = (JsonObject)function["Environment"]!["Variables"]!;
        Assert.Equal(Declared.Settings.Order(StringComparer.Ordinal), Names(variables));
        Assert.Equal("daily-bucket", (string?)variables["SRC_BUCKET"]);
        Assert.Equal("m/", (string?)variables["DST_PREFIX"]);
        Assert.Equal("snappy", (string?)variables["COMPRESSION"]);
        Assert.Equal(
            ("eu-west-1", "aws:kms:" + Key), ((string?)variables["SRC_REGION"], (string?)variables["DST_SSE"]));
        var encrypt = Assert.Single(
            (JsonArray)there["policy"]!, statement => (string?)statement!["Sid"] == "EncryptDestination")!;
        Assert.Equal(Key, (string?)Assert.Single((JsonArray)encrypt["Resource"]!, resource => resource is not null));
        Assert.Equal(30, (int)there["logGroups"]!["/aws/lambda/cloudtrail-month-to-parquet"]!);
    }

    [Fact]
    public async Task What_moto_leaves_out_is_this_and_no_more()
    {
        (string, string)[] everything =
        [
            ("StageOneEventSource", "cloudtrail.daily"), ("TriggerQueue", "yes"), ("GlueDatabase", "audit"),
            ("GlueTable", "cloudtrail_events"), ("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"),
        ];
        var asked = Template.Render(everything);

        var there = await CreateAsync(everything);

        Assert.Equal(
            NotInMoto.SelectMany(asked.OfType).Order(StringComparer.Ordinal),
            asked.Names.Except(((JsonArray)there["resources"]!).Select(r => (string)r!)).Order(StringComparer.Ordinal));
        Assert.Empty((JsonArray)there["alarms"]!);

        // Properties of the function that moto's CloudFormation omits.
        Assert.Empty((JsonArray)there["function"]!["Layers"]!);
        Assert.Equal("x86_64", (string?)Assert.Single((JsonArray)there["function"]!["Architectures"]!));
        Assert.Null(there["function"]!["LoggingConfig"]);
    }

    /// <summary>
    /// Only these rules start the function; they have permission to, and their dead letters go to the right queue.
    /// </summary>
    private static void AssertStarts(JsonNode there, params string[] rules)
    {
        Assert.Equal("CREATE_COMPLETE", (string?)there["status"]);
        Assert.Equal(rules.Order(StringComparer.Ordinal), Names(there["rules"]!));
        Assert.Equal(
            rules.Select(r => (string?)there["rules"]![r]!["Arn"]).Order(StringComparer.Ordinal),
            ((JsonArray)there["allowed"]!).Select(a => (string?)a).Order(StringComparer.Ordinal));
        Assert.All(rules, rule =>
        {
            Assert.Equal("ENABLED", (string?)there["rules"]![rule]!["State"]);
            var target = Assert.Single((JsonArray)there["rules"]![rule]!["Targets"]!)!;
            Assert.Equal(FunctionArn, (string?)target["Arn"]);
            Assert.Equal(Queues + "failures", (string?)target["DeadLetterConfig"]!["Arn"]);
            Assert.Equal(21600, (int)target["RetryPolicy"]!["MaximumEventAgeInSeconds"]!);
        });
    }

    private static IEnumerable<string> Names(JsonNode map) =>
        ((JsonObject)map).Select(e => e.Key).Order(StringComparer.Ordinal);

    private async Task<JsonNode> CreateAsync(params (string Name, string Value)[] parameters)
    {
        await moto.ResetAsync();
        await Command.NeedsAsync(MotoServer.Install, "python3", "-c", "import boto3");

        var (exitCode, output, error) = await Command.RunAsync(
            "python3",
            [Repository.File("tests", "deployment", "stack.py"), moto.Endpoint.ToString()],
            input: JsonSerializer.Serialize(
                parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal)));

        Assert.True(exitCode == 0, error);
        return JsonNode.Parse(output)!;
    }
}
