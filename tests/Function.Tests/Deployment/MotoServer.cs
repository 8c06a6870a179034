using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>moto, which answers as AWS does, on a free port of this machine for the tests of one class.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    public const string Install = "pip install 'moto[server]==5.2.1' boto3 awscli";

    private readonly HttpClient _http = new();
    private Process? _process;

    public Uri Endpoint { get; private set; } = new("http://127.0.0.1");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts the server if it does not run, and empties it.</summary>
    public async Task ResetAsync()
    {
        TestRun.RequireFull();
        await Command.NeedsAsync(Install, "moto_server", "--help");
        if (_process is null)
        {
            int port = FreePort.Find();
            Endpoint = new Uri($"http://127.0.0.1:{port}");
            _process = Process.Start(Command.StartInfo("moto_server", ["-H", "127.0.0.1", "-p", $"{port}"], null, null))!;
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        await PostResetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    private async Task PostResetAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await _http.PostAsync(new Uri(Endpoint, "/moto-api/reset"), null, TestContext.Current.CancellationToken);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (deadline.Elapsed < TimeSpan.FromSeconds(60) && !_process!.HasExited)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }
}
