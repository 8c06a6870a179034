using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>moto, empty at the start of each test, for the tests of one class.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    public const string Install = "pip install 'moto[server]==5.2.1' boto3 awscli";

    private readonly HttpClient _http = new();
    private MotoProcess? _moto;

    public Uri Endpoint => new(_moto?.EndpointUrl ?? "http://127.0.0.1");

    /// <summary>Starts the server if it does not run, and empties it.</summary>
    public async Task ResetAsync()
    {
        TestRun.RequireFull();
        MotoProcess.Needs();
        _moto ??= await MotoProcess.StartAsync();
        using var answer = await _http.PostAsync(
            new Uri(Endpoint, "/moto-api/reset"), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_moto is not null)
        {
            await _moto.DisposeAsync();
        }
    }
}
