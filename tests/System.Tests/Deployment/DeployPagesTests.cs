using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// The pages of docs/ with deployment commands: their shell blocks run unchanged, one after the other in one bash
/// against moto, except blocks whose page says why they do not run.
/// </summary>
public partial class DeployPagesTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static readonly string Deploy = Page("deploy");
    private static readonly string Scale = Page("scale");
    private static readonly string Cost = Page("cost");

    /// <summary>The pages in the order in which their blocks run; the first one sets the variables for all.</summary>
    private static readonly string Pages = string.Join(
        '\n', Deploy, Scale, Page("cross-account"), Page("operate"), Page("migration-from-python"), Cost);

    private static readonly (string Text, bool IsRun)[] Blocks =
        [.. Block().Matches(Pages).Select(m => (m.Groups["text"].Value, !m.Groups["not"].Success))];

    [Fact]
    public void The_table_of_permissions_is_the_functions_policy()
    {
        const string Key = "arn:aws:kms:us-east-1:123456789012:key/key";
        var stack = Template.Render(("TriggerQueue", "yes"), ("SourceKmsKeyArn", Key), ("DestinationKmsKeyArn", Key));
        var statements = (JsonArray)stack.Properties("LambdaRole")["Policies"]![0]!["PolicyDocument"]!["Statement"]!;

        Assert.Equal(
            statements.Select(
                s => $"{s!["Sid"]} | {string.Join(' ', s["Action"] as JsonArray ?? [s["Action"]!.DeepClone()])}"),
            PermissionRow().Matches(Deploy).Select(m => m.Groups["row"].Value));
    }

    [Fact]
    public void The_table_of_roles_is_what_days_in_parallel_add()
    {
        var stack = Template.Render(("Unit", "day"), ("FanOut", "yes"));

        var added = from role in stack.OfType("AWS::IAM::Role").Except(["LambdaRole"])
                    from policy in (JsonArray)stack.Properties(role)["Policies"]!
                    from statement in (JsonArray)policy!["PolicyDocument"]!["Statement"]!
                    let actions = statement["Action"] as JsonArray ?? [statement["Action"]!.DeepClone()]
                    select $"| {role} | {statement["Sid"]} | {string.Join(' ', actions)} |";

        Assert.Equal(
            added,
            Scale.Split('\n').Where(line => line.StartsWith("| DaysMachine", StringComparison.Ordinal))
                .Select(line => string.Join('|', line.Split('|')[..4]) + "|"));
    }

    /// <summary>An alarm that rings and that nobody explains is switched off.</summary>
    [Fact]
    public void Each_alarm_has_its_row_in_the_table_of_what_rings()
    {
        const string Prefix = "cloudtrail-month-to-parquet";
        var stack = Template.Render(
            ("Unit", "day"), ("FanOut", "yes"), ("TriggerQueue", "yes"),
            ("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"));
        string[] rows = Page("operate").Split("\n| alarm | rings when |")[1].Split("\n\n")[0].Split('\n')[2..];

        Assert.Equal(
            stack.OfType("AWS::CloudWatch::Alarm")
                .Select(alarm => ((string)stack.Properties(alarm)["AlarmName"]!)[Prefix.Length..])
                .Order(StringComparer.Ordinal),
            rows.SelectMany(row => row.Split('|')[1].Trim().Split(", ")).Select(name => name.Trim('`'))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_of_parameters_has_every_optional_parameter_with_its_default_and_no_other()
    {
        var optional = ((JsonObject)Template.Load()["Parameters"]!)
            .Where(p => p.Value!["Default"] is not null)
            .ExceptBy(["LambdaName", "SrcPrefix", "DstPrefix", "Architecture"], p => p.Key)
            .Select(p => $"{p.Key}: {ForReaders(p.Key, (string)p.Value!["Default"]!)}");

        string table = Deploy.Split("\n| parameter | default |")[1].Split("\n\n")[0];
        var documented = table.Split('\n').Skip(2).Select(row => row.Split('|'))
            .SelectMany(cells => Pairs(cells[1].Trim().Split(", "), cells[2].Trim().Split(", ")));

        Assert.Equal(optional.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));

        // One default for a whole row, or one for each name.
        static IEnumerable<string> Pairs(string[] names, string[] defaults) =>
            names.Select((name, at) => $"{name}: {(defaults.Length == 1 ? defaults[0] : defaults[at])}");
    }

    [Fact]
    public void The_arithmetic_of_the_costs_is_right()
    {
        // Half of what was measured, until it is measured on Lambda.
        const double Events = 100e6, Second = 145e3 / 2, Memory = 1769 / 1024.0, Output = 140 * Events / 1e9;
        const double Get = 0.4e-6, PutOrList = 5e-6;
        double lambda = Events / Second * Memory * 0.0000133334;
        double readDaily = Events * 1597 / (64 << 20) * Get;
        double readTrail = Events / 10 * (Get + (2 * PutOrList / 1000));
        double write = Output * 1e9 / (8 << 20) * PutOrList;
        var (ofDaily, ofTrail) = (lambda + write + readDaily, lambda + write + readTrail);
        double daily = Enumerable.Range(1, 30).Sum() / 30.0;
        double versions = Enumerable.Range(1, 29).Sum() / 30.0 * Output;

        Assert.Contains(
            $"because a run lists twice | ${readDaily:0.000} | ${readTrail:0.000} |", Cost, StringComparison.Ordinal);
        Assert.Contains($"GB-s | ${lambda:0.000} | ${lambda:0.000} |", Cost, StringComparison.Ordinal);
        Assert.Contains($"| {ofDaily:'**$'0.000'**'} | {ofTrail:'**$'0.000'**'} |", Cost, StringComparison.Ordinal);
        Assert.Contains($"= {daily:0.0} |", Cost, StringComparison.Ordinal);
        Assert.Contains(
            $"Lambda, daily files | ${ofDaily:0.00} | ${daily * ofDaily:0.00} |", Cost, StringComparison.Ordinal);
        Assert.Contains(
            $"Lambda, trail | ${ofTrail:0.00} | ${daily * ofTrail:0.00} |", Cost, StringComparison.Ordinal);
        Assert.Contains($"| the file, {Output:0.0} GB | ${Output * 0.023:0.00} |", Cost, StringComparison.Ordinal);
        Assert.Contains(
            $"x 3 / 30 days = {versions / 10:0} GB: ${versions / 10 * 0.023:0.00} |", Cost, StringComparison.Ordinal);
        Assert.Contains(
            $" GB or ${Output * 5 / 1000:0.00};", Cost, StringComparison.Ordinal);
        Assert.Contains(
            $"one processor does {Second * 900 / 1e6:0} million events in that time, and the alarm at 720 s comes\n"
            + $"at {Second * 720 / 1e6:0} million", Cost, StringComparison.Ordinal);
    }

    [Fact]
    public void The_costs_count_every_alarm_of_a_stack_with_a_topic()
    {
        const int Metrics = 19;
        int alarms = Template.Render(("AlarmTopicArn", "arn:aws:sns:us-east-1:123456789012:operations"))
            .OfType("AWS::CloudWatch::Alarm").Count();
        double monthly = (alarms * 0.1) + ((Metrics + 30) * 0.3 / 730);
        double daily = (alarms * 0.1) + ((Metrics + 1) * 30 * 0.3 / 730);

        Assert.Contains($"| {alarms} alarms at $0.10, {Metrics} metrics ", Cost, StringComparison.Ordinal);
        Assert.Contains($"by the hour | ${monthly:0.00} | ${daily:0.00} |", Cost, StringComparison.Ordinal);
    }

    /// <summary>A template of more than 51,200 bytes is taken from S3 only.</summary>
    [Fact]
    public void Every_deployment_sends_the_template_through_S3()
    {
        string[] deployments = [.. Blocks.Select(b => b.Text)
            .Where(text => text.Contains("aws cloudformation deploy", StringComparison.Ordinal))];

        Assert.Equal(4, deployments.Length);
        Assert.All(deployments, text => Assert.Contains(
            "--s3-bucket \"$CODE_BUCKET\" ", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Most_blocks_are_run_and_the_others_say_why_not()
    {
        Assert.Equal(Blocks.Length, Pages.Split("```sh\n").Length - 1);
        Assert.Equal(10, Blocks.Count(b => !b.IsRun));
        Assert.All(Blocks.Where(b => !b.IsRun), b => Assert.Matches(
            "deploy.sh|build-layers|lambda invoke|StageOneEventSource=|FanOut=|aws stepfunctions ", b.Text));
    }

    [Fact]
    [Trait("Category", TestRun.Full)]
    public async Task Every_other_block_runs_as_it_stands()
    {
        await moto.ResetAsync();
        await Command.NeedsAsync(MotoServer.Install, "aws", "--version");
        var folder = Directory.CreateTempSubdirectory("deploy-pages-");
        foreach (string? file in new[] { "cloudformation.yml", "table.ddl" })
        {
            File.Copy(Repository.File(file), Path.Combine(folder.FullName, file));
        }

        // What must exist first: three buckets, a month, and the zip that build-layers.sh makes.
        string[] script =
        [
            "set -euo pipefail",

            // AWS CLI 1 uses its own host name for SQS, which only the option overrides.
            "aws() { command aws --endpoint-url \"$MOTO\" \"$@\"; }",
            "for b in my-code-bucket my-daily-bucket my-monthly-bucket; do aws s3 mb s3://$b; done",
            "mkdir out && python3 -m zipfile -c out/cloudtrail-aggregation-arm64.zip table.ddl",
            "cp out/cloudtrail-aggregation-arm64.zip out/parquetsharp-layer-arm64.zip",
            "echo PAR1 | aws s3 cp - s3://my-monthly-bucket/cloudtrail_monthly/2024/02/000000.parquet",

            // The event comes first, because moto takes a schedule's rule for one that every event matches, and starts
            // its function in Docker.
            .. Blocks.Where(b => b.IsRun).Select(b => b.Text)
                .OrderByDescending(t => t.Contains("put-events", StringComparison.Ordinal)),
            "echo ENDS WITH",
            "aws s3api get-bucket-policy --bucket my-daily-bucket --query Policy --output text | tr -d '\\n'; echo",
            "aws s3api get-bucket-policy --bucket my-monthly-bucket --query Policy --output text | tr -d '\\n'; echo",
            "aws s3api get-bucket-lifecycle-configuration --bucket my-monthly-bucket | tr -d '\\n'; echo",
            "aws events list-rules --query 'length(Rules)'",
        ];
        var (exitCode, output, error) = await Command.RunAsync(
            "bash", ["-c", string.Join('\n', script)], directory: folder.FullName, environment: Environment());
        folder.Delete(recursive: true);

        Assert.True(exitCode == 0, output + error);
        Assert.Contains("cloudtrail_monthly/2024/02/000000.parquet", output, StringComparison.Ordinal);
        Assert.Contains("\"FailedEntryCount\": 0", output, StringComparison.Ordinal);
        string[] end = output[output.IndexOf("ENDS WITH", StringComparison.Ordinal)..].Split('\n');
        AssertPolicy(end[1], "s3:ListBucket", "s3:GetObject");
        AssertPolicy(
            end[2], "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject");
        Assert.Contains("DaysAfterInitiation", end[3], StringComparison.Ordinal);

        // The schedule.
        Assert.Equal("1", end[4]);
    }

    /// <summary>A parameter's default in the page's words.</summary>
    private static string ForReaders(string parameter, string value) => (parameter, value) switch
    {
        ("Accounts" or "Regions", "") => "all",
        (_, "") => "none",
        ("ScheduleExpression", "cron(0 3 1 * ? *)") => "03:00 UTC on the 1st",
        ("ScheduleLagDays", "1") => "1 day",
        ("FunctionMemory", _) => $"{value} MB",
        _ => value,
    };

    private static void AssertPolicy(string policy, params string[] actions)
    {
        var statements = (JsonArray)JsonNode.Parse(policy)!["Statement"]!;

        Assert.All(statements, s => Assert.Contains(
            ":role/lambda/", (string?)s!["Principal"]!["AWS"], StringComparison.Ordinal));
        Assert.Equal(actions, statements.SelectMany(
            s => s!["Action"] is JsonArray list ? list.Select(a => (string)a!) : [(string)s["Action"]!]));
    }

    private (string Name, string Value)[] Environment() =>
        [
            .. TestCredentials.Variables, ("MOTO", Moto), ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_PAGER", ""),

            // AWS CLI 1 uploads a template without regard to --endpoint-url.
            ("AWS_ENDPOINT_URL_S3", Moto),
        ];

    /// <summary>moto reads a template from its own S3 only if the URL says localhost.</summary>
    private string Moto => $"http://localhost:{moto.Endpoint.Port}";

    private static string Page(string name) => File.ReadAllText(Repository.File("docs", name + ".md"));

    [GeneratedRegex(
        @"(?<not>^\*Not run by [^*]+\*\n\n)?^```sh\n(?<text>.*?)^```$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline,
        1000)]
    private static partial Regex Block();

    [GeneratedRegex(
        @"^\| (?<row>[A-Z][a-zA-Z]+ \| (s3|logs|sqs|kms):[^|]+) \|",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PermissionRow();
}
