using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

[Trait("Category", FullRun.Category)]
public class PublishLayersTests
{
    private static readonly (string, string)[] Credentials =
        [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_CONFIG_FILE", "/dev/null")];

    [Theory, InlineData("all", null), InlineData("arm64", "layers/of-the-month")]
    public async Task Published_layers_are_listed_with_what_to_paste(string architectures, string? bucket)
    {
        FullRun.Require();
        using var directory = new TemporaryDirectory();
        using var moto = await Moto.Start();
        (string, string)[] environment = [.. Credentials, ("AWS_ENDPOINT_URL", moto.Url)];
        if (bucket is not null)
            Assert.Equal(0, (await Command.Run(directory.Path, "aws", ["s3", "mb", "s3://layers"], environment)).ExitCode);

        string[] throughBucket = bucket is null ? [] : ["--bucket", bucket];
        var (exitCode, output) = await Command.Run(Command.Root, "./build-layers.sh", ["--engine", "none", "--arch", architectures, "--output", directory["out"], "--publish", "--layer-name", "Parquet", .. throughBucket], environment);

        Assert.True(exitCode == 0, output);
        foreach (var architecture in architectures == "all" ? ["x86_64", "arm64"] : new[] { architectures })
        {
            var arn = $"arn:aws:lambda:eu-central-1:123456789012:layer:Parquet-{architecture}:1";
            Assert.Contains($"{arn}\n  --parameter-overrides ParquetSharpLayerArn={arn} Architecture={architecture}\n", output, StringComparison.Ordinal);

            var version = await Command.Run(directory.Path, "aws", ["lambda", "get-layer-version", "--layer-name", $"Parquet-{architecture}", "--version-number", "1"], environment);
            using var json = JsonDocument.Parse(version.Output);
            Assert.Equal(["dotnet10"], json.RootElement.GetProperty("CompatibleRuntimes").EnumerateArray().Select(runtime => runtime.GetString()));
            Assert.Equal([architecture], json.RootElement.GetProperty("CompatibleArchitectures").EnumerateArray().Select(name => name.GetString()));
            Assert.Equal("Apache-2.0", json.RootElement.GetProperty("LicenseInfo").GetString());
            Assert.Matches($@"^ParquetSharp \d[\d.]+, Apache\.Arrow \d[\d.]+ for \.NET 10, {architecture}$", json.RootElement.GetProperty("Description").GetString());
            var zip = await File.ReadAllBytesAsync(directory[$"out/parquetsharp-layer-{architecture}.zip"], TestContext.Current.CancellationToken);
            Assert.Equal(zip.Length, json.RootElement.GetProperty("Content").GetProperty("CodeSize").GetInt64());
        }
    }

    /// <summary>moto, which answers as Lambda and S3 do.</summary>
    private sealed class Moto : IDisposable
    {
        private readonly Process _server;

        private Moto(Process server, string url) => (_server, Url) = (server, url);

        public string Url { get; }

        public static async Task<Moto> Start()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();

            var server = Process.Start(new ProcessStartInfo("moto_server", ["-p", $"{port}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            server.ErrorDataReceived += (_, _) => { };
            server.BeginErrorReadLine();
            server.BeginOutputReadLine();
            var moto = new Moto(server, $"http://127.0.0.1:{port}");
            using var client = new HttpClient();
            for (var end = Stopwatch.StartNew(); ;)
            {
                try
                {
                    _ = await client.GetAsync(new Uri($"{moto.Url}/moto-api/"), TestContext.Current.CancellationToken);
                    return moto;
                }
                catch (HttpRequestException) when (end.Elapsed < TimeSpan.FromSeconds(60) && !server.HasExited)
                {
                    await Task.Delay(100, TestContext.Current.CancellationToken);
                }
            }
        }

        public void Dispose()
        {
            _server.Kill(entireProcessTree: true);
            _server.Dispose();
        }
    }
}
