using System.Net;
using System.Text;
using CloudTrailAggregation.Tests.Runtime;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// Lambda's Invoke operation for asynchronous invocations, which moto has only with Docker: it accepts an event, runs
/// the function in a <see cref="LambdaProcess"/>, and hands its lines to a log.
/// </summary>
/// <param name="start">Starts the function of a name.</param>
/// <param name="log">Writes a function's lines to its log.</param>
internal sealed class InvocationServer(
    Func<string, Task<LambdaProcess>> start, Func<string, IReadOnlyList<string>, Task> log) : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<Task> _invocations = [];
    private Task _serving = Task.CompletedTask;

    public string Endpoint { get; } = $"http://127.0.0.1:{FreePort.Find()}";

    public void Start()
    {
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        await Task.WhenAll(_invocations);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            context.Response.StatusCode = await AcceptAsync(context.Request);
            context.Response.Close();
        }
    }

    /// <returns>202 if the invocation was accepted, as Lambda answers.</returns>
    private async Task<int> AcceptAsync(HttpListenerRequest request)
    {
        string[] path = request.Url!.AbsolutePath.Split('/');
        if (path is not ["", "2015-03-31", "functions", var function, "invocations"]
            || request.Headers["X-Amz-Invocation-Type"] != "Event")
        {
            return 400;
        }

        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        string payload = await reader.ReadToEndAsync();
        _invocations.Add(RunAsync(function, payload));
        return 202;
    }

    private async Task RunAsync(string function, string payload)
    {
        await using var lambda = await start(function);
        await lambda.InvokeAsync(payload);
        // The lines of the first event are all here when the second is answered.
        await lambda.InvokeAsync("\"no event\"");
        await log(function, [.. lambda.Lines.TakeWhile(line => !line.Contains("\"Error\"", StringComparison.Ordinal))]);
    }
}
