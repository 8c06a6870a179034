using Amazon.Lambda.Core;

namespace Amazon.Lambda.RuntimeSupport;

/// <summary>
/// Fetches one event after the other and calls the handler, as described in "Using the Lambda runtime API for custom
/// runtimes" of AWS's developer guide.
/// </summary>
/// <remarks>
/// The stand-in leaves out what AWS's package also does: it replaces Console.Out and Console.Error (levels, request
/// ids, and under JSON logging a wrapper around every line), logs a handler's exception, sets the heap limit from the
/// function's memory, and supports SnapStart, response streaming, concurrent invocations and the X-Ray cause of an
/// error. So a function's output appears here unchanged.
/// </remarks>
public sealed class LambdaBootstrap : IDisposable
{
    private readonly Func<Stream, ILambdaContext, Task<Stream>> _handler;
    private readonly LambdaBootstrapInitializer? _initializer;
    private readonly RuntimeApi _api;

    internal LambdaBootstrap(
        Func<Stream, ILambdaContext, Task<Stream>> handler, LambdaBootstrapInitializer? initializer)
    {
        _handler = handler;
        _initializer = initializer;
        _api = new RuntimeApi(Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
            ?? throw new InvalidOperationException(
                "AWS_LAMBDA_RUNTIME_API: it is not set. Start this program by Lambda, or by a test in its place."));
    }

    /// <summary>Runs until cancelled, or until the Runtime API fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_initializer is not null && !await InitializeAsync(_initializer))
        {
            return;
        }

        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await InvokeAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _api.Dispose();

    private async Task<bool> InitializeAsync(LambdaBootstrapInitializer initializer)
    {
        try
        {
            return await initializer();
        }
        catch (Exception exception)
        {
            await _api.PostErrorAsync("init/error", exception);
            throw;
        }
    }

    private async Task InvokeAsync(CancellationToken cancellation)
    {
        using var invocation = await _api.NextAsync(cancellation);
        var context = new InvocationContext(invocation.Headers);
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", context.TraceId);
        string resource = $"invocation/{context.AwsRequestId}";
        Stream response;
        try
        {
            await using var input = await invocation.Content.ReadAsStreamAsync(cancellation);
            response = await _handler(input, context);
        }
        catch (Exception exception)
        {
            await _api.PostErrorAsync($"{resource}/error", exception);
            return;
        }

        await _api.PostResponseAsync($"{resource}/response", response);
    }
}
