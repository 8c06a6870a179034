using System.IO.Compression;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Tests.Deployment;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// deploy.sh on moto, from two bucket names to a file, a report and a table; then an update; then the end of it. The
/// function runs under the managed runtime's command behind an <see cref="InvocationServer"/>, because moto starts
/// functions in Docker only. Athena's result is prepared, because moto runs no SQL.
/// </summary>
[UnsupportedOSPlatform("windows")]
[Trait("Category", TestRun.Full)]
public sealed partial class DeployLoopTests(MotoServer moto) : IClassFixture<MotoServer>, IDisposable
{
    private const string Stack = "cloudtrail-month-to-parquet";
    private const string CodeBucket = "cloudtrail-aggregation-code-123456789012-us-east-1";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task From_two_bucket_names_to_a_report_and_a_table_then_an_update_and_the_end()
    {
        await LambdaMachine.RequireAsync();
        await moto.ResetAsync();
        CopyClone(_directory["clone"]);
        await PrepareAsync();
        await using var lambda = new InvocationServer(StartAsync, LogAsync);
        lambda.Start();
        string architecture = LambdaMachine.Current.Architecture;

        string first = await DeployAsync(
            _directory["clone"], lambda,
            "--source", "s3://logs", "--destination", "s3://tables/cloudtrail", "--month", "2024-03", "--table",
            "--arch", architecture, "--engine", "none", "--lambda-packages", "stand-in", "--yes");
        string second = await DeployAsync(
            _directory["clone"], lambda, "--zips", _directory["zips"], "--unit", "day", "--parameter", "LogLevel=DEBUG",
            "--yes");
        var updated = (await AwsAsync("lambda", "get-function-configuration", "--function-name", Stack))
            ["Environment"]!["Variables"]!;
        await MarkTableAsync();
        string end = await DeployAsync(_directory["clone"], lambda, "--delete", "--yes");
        TestContext.Current.TestOutputHelper?.WriteLine(first + second + end);

        Assert.Contains(
            "Source       s3://logs/: trail layout, in us-east-1, no KMS key\n"
            + "Destination  s3://tables/cloudtrail/: in eu-west-1, no KMS key\n",
            first, StringComparison.Ordinal);
        Assert.Contains("\nInformation: 2024-03 is done: 400 events of ", first, StringComparison.Ordinal);
        Assert.Contains("\n  \"events\":400,\n", first, StringComparison.Ordinal);
        Assert.Contains("ec2.amazonaws.com\t7\n", first, StringComparison.Ordinal);
        Assert.Contains(": CREATE_COMPLETE, the function " + Stack, second, StringComparison.Ordinal);
        Assert.Equal(
            ("day", "DEBUG", "logs", "trail", "cloudtrail/", "eu-west-1"),
            ((string)updated["UNIT"]!, (string)updated["LOG_LEVEL"]!, (string)updated["SRC_BUCKET"]!,
                (string)updated["SRC_LAYOUT"]!, (string)updated["DST_PREFIX"]!, (string)updated["DST_REGION"]!));
        Assert.EndsWith("Done.\n", end, StringComparison.Ordinal);
        await AssertOnlyTheDataIsLeftAsync(_directory["month.parquet"]);
    }

    private async Task AssertOnlyTheDataIsLeftAsync(string file)
    {
        var buckets = (await AwsAsync("s3api", "list-buckets"))["Buckets"]!.AsArray();
        Assert.Equal(["logs", "tables"], buckets.Select(bucket => (string)bucket!["Name"]!));
        Assert.Empty((await AwsAsync("lambda", "list-functions"))["Functions"]!.AsArray());
        Assert.Empty((await AwsAsync("glue", "get-tables", "--database-name", "default"))["TableList"]!.AsArray());
        await AwsAsync("s3", "cp", "s3://tables/cloudtrail/2024/03/000000.parquet", file);
        Assert.Equal(["400"], Assert.Single(Sql.Rows($"SELECT count(*) FROM '{file}'")));
    }

    /// <summary>The files that deploy.sh needs, with a template that moto can update.</summary>
    private static void CopyClone(string clone)
    {
        BuiltZips.CopySources(clone);
        foreach (string file in new[] { "deploy.sh", "table.ddl" })
        {
            File.Copy(Repository.File(file), Path.Combine(clone, file));
        }

        File.WriteAllText(Path.Combine(clone, "cloudformation.yml"), ForMoto(File.ReadAllText(Template.Path)));
    }

    /// <summary>
    /// When moto updates a stack, it evaluates the resources whose condition does not hold, and fails on a function's
    /// layer; types that it does not know break its update too. So these parts are left out.
    /// </summary>
    private static string ForMoto(string template)
    {
        int resources = template.IndexOf("\nResources:\n", StringComparison.Ordinal);
        int outputs = template.IndexOf("\nOutputs:\n", StringComparison.Ordinal);
        string[] blocks = BlockStart().Split(template[resources..outputs]);
        string kept = string.Concat(blocks.Where(block => !Conditional().IsMatch(block) && !Unknown().IsMatch(block)));
        return template[..resources] + Layers().Replace(kept, "") + template[outputs..];
    }

    /// <summary>
    /// A trail in one region, a bucket for the result in another, and Athena's answers: to the table's statement and to
    /// the query.
    /// </summary>
    private async Task PrepareAsync()
    {
        await AwsAsync("s3", "mb", "s3://logs");
        await AwsAsync(
            "s3api", "create-bucket", "--bucket", "tables", "--region", "eu-west-1", "--create-bucket-configuration",
            "LocationConstraint=eu-west-1");
        await AwsAsync(
            "s3", "cp", "--recursive", "--only-show-errors", Repository.File("tests", "data", "trail"), "s3://logs");
        await AwsAsync("glue", "create-database", "--database-input", "Name=default");
        using var http = new HttpClient();
        const string Results =
            """
            {"account_id":"123456789012","region":"us-east-1","results":[
            {"column_info":[],"rows":[]},
            {"column_info":[],"rows":[
            {"Data":[{"VarCharValue":"event_source"},{"VarCharValue":"events"}]},
            {"Data":[{"VarCharValue":"ec2.amazonaws.com"},{"VarCharValue":"7"}]}]}]}
            """;
        using var content = new StringContent(Results, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(
            new Uri(moto.Endpoint, "/moto-api/static/athena/query-results"), content,
            TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>moto's Athena creates no table, so the one of the statement is made here.</summary>
    private Task<JsonNode> MarkTableAsync() => AwsAsync(
        "glue", "create-table", "--database-name", "default", "--table-input",
        $$$"""
        {"Name":"cloudtrail_events","Parameters":{"deployed-by":"{{{Stack}}}"},
        "StorageDescriptor":{"Location":"s3://tables/cloudtrail/"}}
        """);

    /// <summary>Starts the function that is deployed: its code, its layer and its variables.</summary>
    private async Task<LambdaProcess> StartAsync(string function)
    {
        var configuration = await AwsAsync("lambda", "get-function-configuration", "--function-name", function);
        var code = (await AwsAsync("s3api", "list-objects-v2", "--bucket", CodeBucket))["Contents"]!.AsArray()
            .Select(found => (string)found!["Key"]!).Where(key => key.EndsWith(".zip", StringComparison.Ordinal));
        foreach (string key in code)
        {
            // Under the name that build-layers.sh gave it, without the digest.
            string name = Digest().Replace(Path.GetFileName(key), ".zip");
            await AwsAsync("s3", "cp", $"s3://{CodeBucket}/{key}", _directory["zips/" + name]);
            string place = _directory[name.StartsWith("parquetsharp", StringComparison.Ordinal) ? "opt" : "task"];
            await ZipFile.ExtractToDirectoryAsync(_directory["zips/" + name], place);
        }

        var variables = configuration["Environment"]!["Variables"]!.AsObject()
            .Select(variable => (variable.Key, variable.Value!.ToString()));
        return new LambdaProcess(
            _directory["task"], _directory["opt"], "JSON",
            [.. variables, ("AWS_ENDPOINT_URL_S3", moto.Endpoint.ToString())]);
    }

    private async Task LogAsync(string function, IReadOnlyList<string> lines)
    {
        string[] log = ["--log-group-name", "/aws/lambda/" + function, "--log-stream-name", "one"];
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var events = new JsonArray(
            [.. lines.Select(line => new JsonObject { ["timestamp"] = now, ["message"] = line })]);
        await File.WriteAllTextAsync(_directory["events.json"], events.ToJsonString());
        await AwsAsync(["logs", "create-log-stream", .. log]);
        await AwsAsync(["logs", "put-log-events", .. log, "--log-events", "file://" + _directory["events.json"]]);
    }

    private async Task<string> DeployAsync(string clone, InvocationServer lambda, params string[] options)
    {
        var (exitCode, said) = await Command.RunAsync(
            "sh", ["deploy.sh", .. options], directory: clone,
            environment: [.. AwsEnvironment, ("AWS_ENDPOINT_URL_LAMBDA", lambda.Endpoint)]);
        Assert.True(exitCode == 0, said);
        return said;
    }

    /// <summary>moto reads a template from its own S3 only if the URL says localhost.</summary>
    private (string Name, string Value)[] AwsEnvironment =>
    [
        ("AWS_ENDPOINT_URL", $"http://localhost:{moto.Endpoint.Port}"), .. TestCredentials.Variables,
        ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_CONFIG_FILE", "/dev/null"), ("AWS_PAGER", ""),
    ];

    private async Task<JsonNode> AwsAsync(params string[] arguments)
    {
        var run = await Command.RunAsync("aws", arguments, environment: AwsEnvironment);
        Assert.True(run.ExitCode == 0, run.Said);
        return run.Output.StartsWith('{') ? JsonNode.Parse(run.Output)! : new JsonObject();
    }

    [GeneratedRegex(@"(?m)^(?=  [A-Z]\w+:\n)", RegexOptions.None, 1000)]
    private static partial Regex BlockStart();

    [GeneratedRegex(@"(?m)^    Condition: +(?!MakesLayer\b|HasSchedule\b)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex Conditional();

    [GeneratedRegex(
        @"""AWS::(CloudWatch::Alarm|Glue::Table|Lambda::EventInvokeConfig|SQS::QueuePolicy)""",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"(?m)^      Layers: .*\n", RegexOptions.None, 1000)]
    private static partial Regex Layers();

    [GeneratedRegex(@"-[0-9a-f]{12}[.]zip$", RegexOptions.None, 1000)]
    private static partial Regex Digest();
}
