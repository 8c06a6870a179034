using System.Text.Json.Nodes;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

public class ParameterTests
{
    private static JsonObject Parameters => (JsonObject)Template.Load()[nameof(Parameters)]!;

    [Fact]
    public void Every_parameter_says_what_it_is_and_what_it_may_be()
    {
        Assert.All(Parameters, p =>
        {
            Assert.False(string.IsNullOrWhiteSpace((string?)p.Value!["Description"]), p.Key);
            Assert.True((string?)p.Value["Type"] is "String" or "Number", p.Key);
            Assert.True(
                p.Value["AllowedPattern"] is not null || p.Value["AllowedValues"] is not null
                    || p.Value["MinValue"] is not null,
                $"{p.Key} takes anything");
        });
    }

    [Fact]
    public void Every_parameter_stands_in_one_group()
    {
        var groups = (JsonArray)Template.Load()["Metadata"]!["AWS::CloudFormation::Interface"]!["ParameterGroups"]!;

        var grouped = groups.SelectMany(g => (JsonArray)g![nameof(Parameters)]!).Select(p => (string)p!);

        Assert.Equal(
            Parameters.Select(p => p.Key).Order(StringComparer.Ordinal), grouped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_parameter_is_used()
    {
        var template = Template.Load();
        string text = new[] { "Resources", "Conditions" }.Select(s => template[s]!.ToJsonString())
            .Aggregate(string.Concat);

        Assert.All(Parameters, p => Assert.True(
            text.Contains($"{{\"Ref\":\"{p.Key}\"}}", StringComparison.Ordinal)
                || text.Contains($"${{{p.Key}}}", StringComparison.Ordinal),
            $"{p.Key} does nothing"));
    }

    [Fact]
    public void What_the_original_had_keeps_its_name_but_the_function_has_another()
    {
        string[] original =
        [
            "LambdaName", "FunctionMemory", "MaximumConcurrency", "SrcBucket", "SrcPrefix", "DstBucket", "DstPrefix",
            "RowsPerFile",
        ];

        Assert.Subset(
            Parameters.Select(p => p.Key).ToHashSet(StringComparer.Ordinal),
            original.ToHashSet(StringComparer.Ordinal));
        Assert.NotEqual("cloudtrail-aggregation-monthly", (string?)Parameters["LambdaName"]!["Default"]);
        Assert.Equal("cloudtrail_daily/", (string?)Parameters["SrcPrefix"]!["Default"]);
        Assert.Equal("cloudtrail_monthly/", (string?)Parameters["DstPrefix"]!["Default"]);
    }

    [Fact]
    public void The_defaults_are_those_that_the_function_has_by_itself()
    {
        (string Name, string Default)[] expected =
        [
            ("Architecture", "arm64"), ("ScheduleExpression", "cron(0 3 1 * ? *)"), ("ScheduleLagDays", "1"),
            ("RowsPerFile", "0"), ("Compression", "zstd"), ("Deduplicate", "true"), ("MaxRejectedPercent", "1"),
            ("SrcLayout", "auto"), ("Accounts", ""), ("Regions", ""), ("DamagedObjects", "fail"),
            ("TriggerQueue", "no"), ("LogLevel", "INFO"), ("Unit", "month"), ("FanOut", "no"),
        ];

        Assert.All(expected, e => Assert.Equal(e.Default, (string?)Parameters[e.Name]!["Default"]));
        Assert.NotEmpty(Template.Render().Resources);
    }

    [Theory]
    [InlineData("LambdaName", "a function")]
    [InlineData("LambdaName", "")]
    [InlineData("CodeBucket", "s3://code")]
    [InlineData("CodeKey", "/function.zip")]
    [InlineData("CodeKey", "function.jar")]
    [InlineData("Architecture", "x64")]
    [InlineData("LayerKey", "/layer.zip")]
    [InlineData("LayerKey", "layer.tar")]
    [InlineData("ParquetSharpLayerArn", "arn:aws:lambda:us-east-1:123456789012:layer:parquetsharp")]
    [InlineData("ImageUri", "function:latest")]
    [InlineData("ImageUri", "https://account.example/function:1")]
    [InlineData("ImageUri", "account.example/function")]
    [InlineData("SrcBucket", "s3://daily")]
    [InlineData("SrcBucket", "arn:aws:s3:::daily")]
    [InlineData("SrcPrefix", "cloudtrail_daily")]
    [InlineData("SrcPrefix", "/cloudtrail_daily/")]
    [InlineData("SrcPrefix", "*/")]
    [InlineData("SrcPrefix", "a?/")]
    [InlineData("SrcPrefix", "${aws:username}/")]
    [InlineData("DstPrefix", "a//b/")]
    [InlineData("DstPrefix", "*/")]
    [InlineData("DstBucket", "Monthly")]
    [InlineData("SrcLayout", "raw")]
    [InlineData("Accounts", "1234")]
    [InlineData("Accounts", "111111111111, 222222222222")]
    [InlineData("Regions", "Frankfurt")]
    [InlineData("SrcRegion", "Frankfurt")]
    [InlineData("DstRegion", "eu_central_1")]
    [InlineData("DstSse", "AES128")]
    [InlineData("DstSse", "aws:kms:alias/monthly")]
    [InlineData("DstSse", "aws:kms:arn:aws:kms:us-east-1:123456789012:alias/monthly")]
    [InlineData("SourceKmsKeyArn", "alias/daily")]
    [InlineData("SourceKmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/daily")]
    [InlineData("DestinationKmsKeyArn", "*")]
    [InlineData("ScheduleExpression", "daily")]
    [InlineData("ScheduleLagDays", "32")]
    [InlineData("StageOneEventSource", "aws.events")]
    [InlineData("StageOneEventSource", "stage 1")]
    [InlineData("TriggerQueue", "true")]
    [InlineData("MaximumConcurrency", "1")]
    [InlineData("FanOut", "true")]
    [InlineData("FanOutConcurrency", "0")]
    [InlineData("FanOutConcurrency", "32")]
    [InlineData("RowsPerFile", "-1")]
    [InlineData("Compression", "lzo")]
    [InlineData("Deduplicate", "no")]
    [InlineData("MaxRejectedPercent", "101")]
    [InlineData("DamagedObjects", "ignore")]
    [InlineData("FunctionMemory", "10241")]
    [InlineData("ReservedConcurrency", "two")]
    [InlineData("RoleName", "path/role")]
    [InlineData("PermissionsBoundaryArn", "Boundary")]
    [InlineData("LogLevel", "chatty")]
    [InlineData("LogRetentionDays", "2")]
    [InlineData("AlarmTopicArn", "ops@example.com")]
    [InlineData("GlueDatabase", "Audit")]
    [InlineData("GlueTable", "cloud-trail")]
    public void A_value_that_cannot_work_is_refused_with_the_parameter_named(string name, string value)
    {
        var refusal = Assert.Throws<RefusedException>(() => Template.Render((name, value)));

        Assert.StartsWith(name + ":", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SrcPrefix", "")]
    [InlineData("DstPrefix", "")]
    [InlineData("SrcPrefix", "logs/org=o-1/daily/")]
    [InlineData("SrcLayout", "trail")]
    [InlineData("Accounts", "111111111111,222222222222")]
    [InlineData("Regions", "us-gov-west-1,eusc-de-east-1")]
    [InlineData("SrcRegion", "us-gov-west-1")]
    [InlineData("DstRegion", "eusc-de-east-1")]
    [InlineData("DstSse", "AES256")]
    [InlineData("DstSse", "aws:kms")]
    [InlineData("DstSse", "aws:kms:arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef")]
    [InlineData("ScheduleExpression", "rate(1 day)")]
    [InlineData("ScheduleExpression", "")]
    [InlineData("StageOneEventSource", "com.example/cloudtrail-daily")]
    [InlineData("ReservedConcurrency", "0")]
    [InlineData("MaxRejectedPercent", "0.5")]
    [InlineData("DamagedObjects", "skip")]
    [InlineData(
        "SourceKmsKeyArn", "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef")]
    [InlineData("PermissionsBoundaryArn", "arn:aws:iam::aws:policy/PowerUserAccess")]
    [InlineData("ParquetSharpLayerArn", "arn:aws-cn:lambda:cn-north-1:123456789012:layer:parquetsharp:12")]
    public void A_value_that_works_is_taken(string name, string value) =>
        Assert.NotEmpty(Template.Render((name, value)).Resources);

    [Theory]
    [InlineData("GlueTableNeedsItsDatabase", "GlueTable", "cloudtrail_events", "GlueDatabase", "")]
    [InlineData("GlueDatabaseNeedsItsTable", "GlueDatabase", "audit", "GlueTable", "")]
    [InlineData("FanOutNeedsDays", "FanOut", "yes", "Unit", "month")]
    [InlineData("ZipsNeedTheirPlace", "LayerKey", "", "ParquetSharpLayerArn", "")]
    [InlineData("ZipsNeedTheirPlace", "CodeKey", "", "ImageUri", "")]
    [InlineData("ZipsNeedTheirPlace", "CodeBucket", "", "ImageUri", "")]
    [InlineData("AnImageHasNoZips", "CodeKey", "function.zip", "ImageUri", "account.example/function:1")]
    [InlineData("AnImageHasNoZips", "LayerKey", "layer.zip", "ImageUri", "account.example/function:1", "CodeKey", "")]
    [InlineData("TriggerQueueNeedsConcurrency", "TriggerQueue", "yes", "ReservedConcurrency", "1")]
    [InlineData("TriggerQueueNeedsConcurrency", "TriggerQueue", "yes", "ReservedConcurrency", "0")]
    public void A_wrong_combination_is_refused_by_a_rule(
        string rule, string name, string value, string other, string otherValue, string third = "LogLevel",
        string thirdValue = "INFO")
    {
        var refusal = Assert.Throws<RefusedException>(
            () => Template.Render((name, value), (other, otherValue), (third, thirdValue)));

        Assert.StartsWith(rule + ":", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs", "logs", "events/", "events/", true)]
    [InlineData("logs", "logs", "", "", true)]
    [InlineData("logs", "logs", "events/", "events/months/", false)]
    [InlineData("logs", "months", "events/", "events/", false)]
    public void A_table_over_the_prefix_of_the_daily_files_is_refused(
        string source, string destination, string sourcePrefix, string destinationPrefix, bool refused)
    {
        (string, string)[] places =
        [
            ("SrcBucket", source), ("DstBucket", destination), ("SrcPrefix", sourcePrefix),
            ("DstPrefix", destinationPrefix),
        ];
        (string, string)[] table = [("GlueDatabase", "audit"), ("GlueTable", "cloudtrail_events")];

        var refusal = Record.Exception(() => Template.Render([.. places, .. table]));

        Assert.NotEmpty(Template.Render(places).Resources);
        Assert.NotEmpty(Template.Render([.. places, .. table, ("SrcLayout", "trail")]).Resources);
        Assert.Equal(refused, refusal is RefusedException);
        Assert.Equal(
            refused, refusal?.Message.StartsWith("GlueTableNeedsItsOwnPrefix: ", StringComparison.Ordinal) ?? false);
    }

    /// <summary>https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html</summary>
    [Theory]
    [InlineData("FunctionMemory", "3008")]
    [InlineData("ReservedConcurrency", "concurrent executions is small")]
    public void A_parameter_that_a_new_account_can_be_refused_says_so(string name, string limit)
    {
        string description = (string)Parameters[name]!["Description"]!;

        Assert.Contains("new account", description, StringComparison.Ordinal);
        Assert.Contains(limit, description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_right_combination_passes_the_rules()
    {
        Assert.NotEmpty(Template.Render(("ReservedConcurrency", "1")).Resources);
        Assert.NotEmpty(Template.Render(("TriggerQueue", "yes"), ("ReservedConcurrency", "2")).Resources);
        Assert.NotEmpty(Template.Render(("GlueDatabase", "audit"), ("GlueTable", "cloudtrail_events")).Resources);
        Assert.NotEmpty(Template.Render(("FanOut", "yes"), ("Unit", "day")).Resources);
    }

    /// <summary>
    /// The limit for a template in S3, in the lower of the two values that AWS documents:
    /// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    /// </summary>
    [Fact]
    public void The_template_is_small_enough_to_be_deployed_through_S3() =>
        Assert.InRange(new FileInfo(Template.Path).Length, 1, 460_800);
}
