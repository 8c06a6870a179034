using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace CloudTrailAggregation.Tests.Runtime;

/// <summary>
/// The server side of the Lambda Runtime API. It sends queued events one at a time; the runtime's answer completes the
/// task that <see cref="InvokeAsync"/> returned. Set <see cref="Endpoint"/> as AWS_LAMBDA_RUNTIME_API.
/// </summary>
internal sealed class RuntimeApiServer : IAsyncDisposable
{
    public const string FunctionArn = "arn:aws:lambda:eu-central-1:123456789012:function:cloudtrail-aggregation";
    private const string Root = "/2018-06-01/runtime/";

    private readonly HttpListener _listener = new();
    private readonly Channel<Invocation> _queue = Channel.CreateUnbounded<Invocation>();
    private readonly ConcurrentDictionary<string, Invocation> _running = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<RuntimeAnswer> _initError = new(
        TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DateTimeOffset> _firstNext = new(
        TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private int _invocations;

    public RuntimeApiServer()
    {
        Endpoint = $"127.0.0.1:{FreePort.Find()}";
        _listener.Prefixes.Add($"http://{Endpoint}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Host and port.</summary>
    public string Endpoint { get; }

    /// <summary>Completes when the runtime reports that initialization failed.</summary>
    public Task<RuntimeAnswer> InitError => _initError.Task;

    /// <summary>Completes with the time at which the runtime asked for its first event.</summary>
    public Task<DateTimeOffset> FirstNext => _firstNext.Task;

    /// <summary>Queues an event; the task completes with the runtime's answer to it.</summary>
    /// <param name="payload">The event, JSON.</param>
    /// <param name="timeLeft">Time from now to the deadline that the runtime gets; 15 minutes by default.</param>
    /// <param name="requestId">The invocation's id, a new one by default.</param>
    public Task<RuntimeAnswer> InvokeAsync(string payload, TimeSpan? timeLeft = null, string? requestId = null)
    {
        int number = Interlocked.Increment(ref _invocations);
        var invocation = new Invocation(
            requestId ?? $"00000000-0000-4000-8000-{number:000000000000}", Encoding.UTF8.GetBytes(payload),
            DateTimeOffset.UtcNow + (timeLeft ?? TimeSpan.FromMinutes(15)), $"Root=1-65bc3f00-{number:x24};Sampled=0");
        _queue.Writer.TryWrite(invocation);
        return invocation.Answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();

        // Close without Stop: after a Stop, Close opens the port again to close it, and the port may be taken by then.
        _listener.Close();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var requests = new List<Task>();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                requests.Add(AnswerAsync(await _listener.GetContextAsync()));
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(requests);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        try
        {
            string[] resource = path[Math.Min(Root.Length, path.Length)..].Split('/');
            context.Response.StatusCode = (context.Request.HttpMethod, resource) switch
            {
                ("GET", ["invocation", "next"]) => await SendNextAsync(context.Response),
                ("POST", ["invocation", var id, "response"]) => Accept(
                    _running.GetValueOrDefault(id)?.Answer, await ReadAsync(context.Request, isError: false)),
                ("POST", ["invocation", var id, "error"]) => Accept(
                    _running.GetValueOrDefault(id)?.Answer, await ReadAsync(context.Request, isError: true)),
                ("POST", ["init", "error"]) => Accept(_initError, await ReadAsync(context.Request, isError: true)),
                _ => 404,
            };
            if (context.Response.StatusCode == 202)
            {
                // AWS's package reads it.
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync("""{"status":"OK"}"""u8.ToArray(), _stopping.Token);
            }

            context.Response.Close();
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or HttpListenerException or ObjectDisposedException)
        {
            // The test ended, or the runtime disconnected while it waited.
            context.Response.Abort();
        }
    }

    private async Task<int> SendNextAsync(HttpListenerResponse response)
    {
        _firstNext.TrySetResult(DateTimeOffset.UtcNow);
        var invocation = await _queue.Reader.ReadAsync(_stopping.Token);
        _running[invocation.RequestId] = invocation;
        response.ContentType = "application/json";
        response.Headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        response.Headers["Lambda-Runtime-Deadline-Ms"] =
            invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = FunctionArn;
        response.Headers["Lambda-Runtime-Trace-Id"] = invocation.TraceId;
        response.ContentLength64 = invocation.Payload.Length;
        await response.OutputStream.WriteAsync(invocation.Payload, _stopping.Token);
        return 200;
    }

    /// <summary>202 for the first answer to a known invocation, 400 for any other, as Lambda does.</summary>
    private static int Accept(TaskCompletionSource<RuntimeAnswer>? waiting, RuntimeAnswer answer) =>
        waiting?.TrySetResult(answer) == true ? 202 : 400;

    private async Task<RuntimeAnswer> ReadAsync(HttpListenerRequest request, bool isError)
    {
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(_stopping.Token);
        return new RuntimeAnswer(isError, body, request.Headers["Lambda-Runtime-Function-Error-Type"]);
    }

    private sealed record Invocation(string RequestId, byte[] Payload, DateTimeOffset Deadline, string TraceId)
    {
        public TaskCompletionSource<RuntimeAnswer> Answer { get; } = new(
            TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What the runtime sent back.</summary>
/// <param name="IsError">Whether it was sent to an error resource.</param>
/// <param name="Body">The response, or the error as JSON.</param>
/// <param name="ErrorType">The header of that name, null for a response.</param>
internal sealed record RuntimeAnswer(bool IsError, string Body, string? ErrorType);
