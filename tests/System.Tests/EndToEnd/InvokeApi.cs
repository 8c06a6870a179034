using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using CloudTrailAggregation.Tests.Runtime;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// Lambda's Invoke operation over some processes of the function, as a service in front of it sees it: an event waits
/// for a process that is free, a failure is an answer with X-Amz-Function-Error, and throttling is status 429.
/// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
/// </summary>
internal sealed class InvokeApi : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<LambdaProcess> _free = Channel.CreateUnbounded<LambdaProcess>();
    private readonly IReadOnlyList<LambdaProcess> _processes;
    private readonly ConcurrentQueue<Invoked> _calls = [];
    private readonly Task _serving;
    private int _running;

    /// <param name="processes">The function's processes, which are disposed with it.</param>
    public InvokeApi(IReadOnlyList<LambdaProcess> processes)
    {
        _processes = processes;
        foreach (var process in processes)
        {
            _free.Writer.TryWrite(process);
        }

        Port = FreePort.Find();

        // moto calls localhost, and the listener looks at the name.
        _listener.Prefixes.Add($"http://localhost:{Port}/");
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>How many of the next calls are throttled.</summary>
    public int Throttled { get; set; }

    /// <summary>Called with each event before the function gets it.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called with each event after the function answered it.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>The events that the function got, with its answers, in the order of the answers.</summary>
    public IReadOnlyList<Invoked> Calls => [.. _calls];

    /// <summary>The largest number of events that the function had at a time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The answers to the events that have a member of this name and no object in it.</summary>
    public IEnumerable<Invoked> CallsOf(string member) =>
        Calls.Where(call => JsonNode.Parse(call.Event)![member] is JsonValue);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private async Task ServeAsync()
    {
        var requests = new List<Task>();
        while (_listener.IsListening)
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
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            string triggerEvent = await reader.ReadToEndAsync();
            context.Response.Headers["x-amzn-RequestId"] = $"{Guid.NewGuid()}";
            context.Response.ContentType = "application/json";
            string body = Throttled-- > 0 ? Throttle(context.Response) : await InvokeAsync(context, triggerEvent);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // The test ended while the caller waited.
            context.Response.Abort();
        }
    }

    private static string Throttle(HttpListenerResponse response)
    {
        response.StatusCode = 429;
        response.Headers["x-amzn-ErrorType"] = "TooManyRequestsException";
        return """{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Message":"Rate Exceeded."}""";
    }

    private async Task<string> InvokeAsync(HttpListenerContext context, string triggerEvent)
    {
        lock (_calls)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        await Before(triggerEvent);
        var process = await _free.Reader.ReadAsync();
        var answer = await process.InvokeAsync(triggerEvent);
        await _free.Writer.WriteAsync(process);
        _calls.Enqueue(new Invoked(triggerEvent, answer));
        await After(triggerEvent);
        lock (_calls)
        {
            _running--;
        }

        if (answer.IsError)
        {
            context.Response.Headers["X-Amz-Function-Error"] = "Unhandled";
        }

        return answer.Body;
    }
}

/// <summary>An event and the function's answer.</summary>
internal sealed record Invoked(string Event, RuntimeAnswer Answer)
{
    /// <summary>The status in the report of the month or day; null where the function failed.</summary>
    public string? Status => Answer.IsError
        ? null
        : JsonElement.Parse(Answer.Body).GetProperty("months")[0].GetProperty("status").GetString();
}
