using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// moto, an S3 server that keeps everything in memory: started by the first test that asks for it, one for all tests.
/// Where it is not installed such tests are skipped, or fail if CLOUDTRAIL_REQUIRE_ALL=1.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private const string Install = "moto is not installed: pip install 'moto[server]==5.2.1'";

    // The shell ends moto when its own input ends: when the tests are over, and also when they are killed.
    private const string Script = """exec 3<&0; moto_server -H 127.0.0.1 -p "$0" >"$1" 2>&1 & moto=$!; { read -r _ <&3; kill $moto; } & wait $moto""";

    private readonly Lazy<Task> _started;
    private readonly string _log = Path.GetTempFileName();
    private Process? _shell;

    public S3Server() => _started = new Lazy<Task>(StartAsync);

    /// <summary>Its address; valid once <see cref="ClientAsync"/> has answered.</summary>
    public string EndpointUrl { get; private set; } = "";

    /// <summary>A client of it. Skips the test where there is no moto.</summary>
    public async Task<IAmazonS3> ClientAsync()
    {
        if (!IsInstalled)
        {
            Assert.False(TestRun.RequiresAll, Install);
            Assert.Skip(Install);
        }
        await _started.Value;
        return Client(EndpointUrl);
    }

    /// <summary>A client of any S3-compatible server, as the command line makes it.</summary>
    public static IAmazonS3 Client(string endpointUrl)
    {
        TestCredentials.SetHere();
        return S3Client.Create(new S3Endpoint(EndpointUrl: endpointUrl, PathStyle: true));
    }

    /// <summary>The name of a new and empty bucket. Skips the test where there is no moto.</summary>
    public async Task<string> NewBucketAsync()
    {
        string bucket = $"test-{Guid.NewGuid():n}";
        using var client = await ClientAsync();
        await client.PutBucketAsync(bucket, TestContext.Current.CancellationToken);
        return bucket;
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync();
            _shell.Dispose();
        }
        File.Delete(_log);
    }

    private static bool IsInstalled => File.Exists("/bin/sh")
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "moto_server")));

    private async Task StartAsync()
    {
        int port = FreePort.Find();
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, $"{port}", _log]) { RedirectStandardInput = true, UseShellExecute = false })!;
        string url = $"http://127.0.0.1:{port}";
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
        {
            Assert.False(_shell.HasExited, $"moto_server ended: {await File.ReadAllTextAsync(_log)}");
            try
            {
                using var answer = await http.GetAsync(new Uri(url + "/moto-api/"));
                EndpointUrl = url;
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }
        }
        Assert.Fail($"moto_server does not answer on {url}: {await File.ReadAllTextAsync(_log)}");
    }
}
