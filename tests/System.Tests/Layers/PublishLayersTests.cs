using System.Text.Json;
using CloudTrailAggregation.Tests.Deployment;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

[Trait("Category", TestRun.Full)]
public class PublishLayersTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static readonly (string, string)[] Credentials =
        [.. TestCredentials.Variables, ("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_CONFIG_FILE", "/dev/null")];

    [Theory, InlineData("all", null), InlineData("arm64", "layers/of-the-month")]
    public async Task Published_layers_are_listed_with_what_to_paste(string architectures, string? bucket)
    {
        TestRun.RequireFull();
        using var directory = new TemporaryDirectory();
        await moto.ResetAsync();
        (string, string)[] environment = [.. Credentials, ("AWS_ENDPOINT_URL", moto.Endpoint.ToString())];
        if (bucket is not null)
        {
            Assert.Equal(0, (await Command.RunAsync(
                "aws", ["s3", "mb", "s3://layers"], directory: directory.Path, environment: environment)).ExitCode);
        }

        string[] throughBucket = bucket is null ? [] : ["--bucket", bucket];
        var (exitCode, output) = await Command.RunAsync(
            "./build-layers.sh",
            [
                "--engine", "none", "--arch", architectures, "--output", directory["out"], "--publish", "--layer-name",
                "Parquet", .. throughBucket,
            ],
            environment: environment);

        Assert.True(exitCode == 0, output);
        foreach (string? architecture in architectures == "all" ? ["x86_64", "arm64"] : new[] { architectures })
        {
            string arn = $"arn:aws:lambda:eu-central-1:123456789012:layer:Parquet-{architecture}:1";
            Assert.Contains(
                $"{arn}\n  --parameter-overrides ParquetSharpLayerArn={arn} Architecture={architecture}\n", output,
                StringComparison.Ordinal);

            var version = await Command.RunAsync(
                "aws",
                ["lambda", "get-layer-version", "--layer-name", $"Parquet-{architecture}", "--version-number", "1"],
                directory: directory.Path, environment: environment);
            using var json = JsonDocument.Parse(version.Output);
            Assert.Equal(["dotnet10"], json.RootElement.GetProperty("CompatibleRuntimes").EnumerateArray()
                .Select(runtime => runtime.GetString()));
            Assert.Equal([architecture], json.RootElement.GetProperty("CompatibleArchitectures").EnumerateArray()
                .Select(name => name.GetString()));
            Assert.Equal("Apache-2.0", json.RootElement.GetProperty("LicenseInfo").GetString());
            Assert.Matches(
                $@"^ParquetSharp \d[\d.]+, Apache\.Arrow \d[\d.]+ for \.NET 10, {architecture}$",
                json.RootElement.GetProperty("Description").GetString());
            byte[] zip = await File.ReadAllBytesAsync(
                directory[$"out/parquetsharp-layer-{architecture}.zip"], TestContext.Current.CancellationToken);
            Assert.Equal(zip.Length, json.RootElement.GetProperty("Content").GetProperty("CodeSize").GetInt64());
        }
    }
}
