using System.Diagnostics;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>moto, a server that imitates AWS and keeps everything in memory, as a process on a free port.</summary>
internal sealed class MotoProcess : IAsyncDisposable
{
    private const string Install = "moto is not installed: pip install 'moto[server]==5.2.1'";

    // The shell ends moto when its input ends: when the tests end, and also when they are killed.
    private const string Script =
        """exec 3<&0; moto_server -H 127.0.0.1 -p "$0" >"$1" 2>&1 & moto=$!; { read -r _ <&3; kill $moto; } & wait $moto""";

    private readonly string _log = Path.GetTempFileName();
    private readonly Process _shell;

    private MotoProcess(int port, IEnumerable<(string Name, string Value)> environment)
    {
        EndpointUrl = $"http://127.0.0.1:{port}";
        _shell = Command.Start(
            "/bin/sh", ["-c", Script, $"{port}", _log], redirectInput: true, environment: environment);
    }

    public string EndpointUrl { get; }

    /// <summary>Skips the test if there is no moto, or fails it if CLOUDTRAIL_REQUIRE_ALL=1.</summary>
    public static void Needs() => TestRun.Needs(IsInstalled, Install);

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static async Task<MotoProcess> StartAsync(params (string Name, string Value)[] environment)
    {
        var moto = new MotoProcess(FreePort.Find(), environment);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
        {
            Assert.False(moto._shell.HasExited, $"moto_server ended: {await File.ReadAllTextAsync(moto._log)}");
            try
            {
                using var answer = await http.GetAsync(new Uri(moto.EndpointUrl + "/moto-api/"));
                return moto;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }
        }

        throw new InvalidOperationException(
            $"moto_server does not answer on {moto.EndpointUrl}: {await File.ReadAllTextAsync(moto._log)}");
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        File.Delete(_log);
    }

    private static bool IsInstalled => File.Exists("/bin/sh")
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(directory => File.Exists(Path.Combine(directory, "moto_server")));
}
