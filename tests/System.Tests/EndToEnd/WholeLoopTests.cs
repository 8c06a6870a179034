using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudTrailAggregation.Tests.Deployment;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// From build-layers.sh to the Athena table without AWS: moto stores the layer, the stack and the function's zip, and
/// the managed runtime's command runs them on the event that the stack's rule would send.
/// </summary>
[Trait("Category", TestRun.Full)]
[Collection(PublishedFunctionTests.Name)]
public sealed class WholeLoopTests(PublishedFunction published, MotoServer moto) : IClassFixture<MotoServer>
{
    private const string Function = "cloudtrail-month-to-parquet";

    private readonly string _architecture = LambdaMachine.Current.Architecture;

    [Fact]
    public async Task What_is_published_and_deployed_turns_the_schedules_event_into_the_file_of_the_table()
    {
        await LambdaMachine.RequireAsync();
        await moto.ResetAsync();
        using var directory = new TemporaryDirectory();
        foreach (string bucket in new[] { "code-bucket", "daily-bucket", "monthly-bucket" })
        {
            await AwsAsync("s3", "mb", $"s3://{bucket}");
        }

        await AwsAsync(
            "s3", "cp", "--recursive", Path.Combine(Repository.Root, "tests/data/cloudtrail_daily"),
            "s3://daily-bucket/cloudtrail_daily/");
        await AwsAsync(
            "s3", "cp", $"{published.Zips}/cloudtrail-aggregation-{_architecture}.zip",
            "s3://code-bucket/function.zip");
        string layerArn = await PublishLayerAsync(directory["built"]);
        await CreateStackAsync(layerArn);

        var configuration = await AwsAsync("lambda", "get-function-configuration", "--function-name", Function);
        string task = await FetchAsync("function.zip", directory["task"]);
        string layer = await FetchAsync(await LayerKeyAsync(), directory["layer"]);
        var settings = configuration["Environment"]!["Variables"]!.AsObject()
            .Select(variable => (variable.Key, variable.Value!.ToString()));
        await using var lambda = new LambdaProcess(
            task, layer, "JSON", [.. settings, ("AWS_ENDPOINT_URL_S3", moto.Endpoint.ToString())]);
        var report = await lambda.ReportAsync(await ScheduledEventAsync());

        Assert.Equal(600, report.GetProperty("months")[0].GetProperty("events").GetInt64());
        await AwsAsync(
            "s3", "cp", "s3://monthly-bucket/cloudtrail_monthly/2024/02/000000.parquet", directory["month.parquet"]);
        Assert.Equal(
            Declared.Columns.Select(column => new[] { column.Name, DuckDbType(column.Type) }),
            Sql.Rows($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{directory["month.parquet"]}')"));
        Assert.Equal(["600"], Assert.Single(Sql.Rows($"SELECT count(*) FROM '{directory["month.parquet"]}'")));
    }

    /// <summary>DuckDB's type for the Parquet type of an Athena type.</summary>
    private static string DuckDbType(string athenaType) => athenaType switch
    {
        "string" => "VARCHAR",
        "timestamp" => "TIMESTAMP WITH TIME ZONE",
        _ => athenaType.ToUpperInvariant(),
    };

    private async Task<string> PublishLayerAsync(string output)
    {
        var (exitCode, said) = await Command.RunAsync(
            "./build-layers.sh",
            [
                "--engine", "none", "--arch", _architecture, "--output", output, "--publish", "--bucket",
                "code-bucket/layers",
            ],
            environment: AwsEnvironment);
        Assert.True(exitCode == 0, said);
        return said.Split('\n').First(line => line.Contains("ParquetSharpLayerArn=", StringComparison.Ordinal))
            .Split("ParquetSharpLayerArn=")[1].Split(' ')[0];
    }

    private async Task CreateStackAsync(string layerArn)
    {
        (string Name, string Value)[] parameters =
        [
            ("CodeBucket", "code-bucket"), ("CodeKey", "function.zip"), ("ParquetSharpLayerArn", layerArn),
            ("Architecture", _architecture), ("SrcBucket", "daily-bucket"), ("DstBucket", "monthly-bucket"),
        ];
        await AwsAsync(
            [
                "cloudformation", "create-stack", "--stack-name", "whole-loop", "--capabilities",
                "CAPABILITY_NAMED_IAM", "--template-body", "file://" + Repository.File("cloudformation.yml"),
                "--parameters",
                .. parameters.Select(parameter => $"ParameterKey={parameter.Name},ParameterValue={parameter.Value}"),
            ]);
    }

    private async Task<string> LayerKeyAsync()
    {
        var listing = await AwsAsync("s3api", "list-objects-v2", "--bucket", "code-bucket", "--prefix", "layers/");
        return (string)Assert.Single(listing["Contents"]!.AsArray())!["Key"]!;
    }

    /// <summary>Fetches a zip from moto and unpacks it.</summary>
    private async Task<string> FetchAsync(string key, string directory)
    {
        await AwsAsync("s3", "cp", $"s3://code-bucket/{key}", directory + ".zip");
        await ZipFile.ExtractToDirectoryAsync(directory + ".zip", directory, TestContext.Current.CancellationToken);
        return directory;
    }

    /// <summary>
    /// What EventBridge sends for the stack's schedule: the event itself, because its target sets no other input.
    /// </summary>
    private async Task<string> ScheduledEventAsync()
    {
        var rules = await AwsAsync("events", "list-rules");
        var rule = rules["Rules"]!.AsArray()
            .Single(rule => ((string)rule!["ScheduleExpression"]!) == "cron(0 3 1 * ? *)")!;
        var targets = await AwsAsync("events", "list-targets-by-rule", "--rule", (string)rule["Name"]!);
        var target = Assert.Single(targets["Targets"]!.AsArray())!;

        Assert.EndsWith(":function:" + Function, (string)target["Arn"]!, StringComparison.Ordinal);
        Assert.Null(target["Input"]);
        return JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["version"] = "0",
            ["id"] = "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
            ["detail-type"] = "Scheduled Event",
            ["source"] = "aws.events",
            ["account"] = "123456789012",
            ["time"] = "2024-03-01T03:00:00Z",
            ["region"] = "us-east-1",
            ["resources"] = new[] { (string)rule["Arn"]! },
            ["detail"] = new Dictionary<string, string>(StringComparer.Ordinal),
        });
    }

    private (string Name, string Value)[] AwsEnvironment =>
    [
        ("AWS_ENDPOINT_URL", moto.Endpoint.ToString()), .. TestCredentials.Variables,
        ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_CONFIG_FILE", "/dev/null"), ("AWS_PAGER", ""),
    ];

    private async Task<JsonNode> AwsAsync(params string[] arguments)
    {
        var (exitCode, output) = await Command.RunAsync("aws", arguments, environment: AwsEnvironment);
        Assert.True(exitCode == 0, output);
        return output.StartsWith('{') ? JsonNode.Parse(output)! : new JsonObject();
    }
}
