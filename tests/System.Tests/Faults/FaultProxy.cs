using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.S3;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// An HTTP proxy between the SDK and an S3 server that applies the test's choice of fault to each request. Each
/// connection carries one request.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly bool _addsConditions;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = [];
    private readonly SemaphoreSlim _completion = new(1);
    private readonly int _port;
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting;
    private long _passed;
    private long _faults;

    /// <param name="serverUrl">The server's address.</param>
    /// <param name="addsConditions">
    /// Whether to check the condition of a completion here, one completion at a time, as AWS does; moto 5.2.1 checks
    /// only If-None-Match, and two completions at the same moment both pass.
    /// </param>
    public FaultProxy(string serverUrl, bool addsConditions = true)
    {
        (_server, _addsConditions) = (new Uri(serverUrl), addsConditions);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The test's choice for a request, made before the server gets it; null passes it on.</summary>
    public Func<FakeRequest, Fault?> Choose { get; set; } = _ => null;

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>Requests so far, including those with a fault.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    public long Faults => Interlocked.Read(ref _faults);

    public string EndpointUrl => $"http://127.0.0.1:{_port}";

    /// <summary>The command line's client, with a short wait between two tries.</summary>
    public IAmazonS3 Client(double timeoutSeconds = 100, double longestWaitSeconds = 0.01)
    {
        TestCredentials.SetHere();
        var config = S3Client.ConfigOf(new S3Endpoint(EndpointUrl: EndpointUrl, PathStyle: true));
        config.Timeout = TimeSpan.FromSeconds(timeoutSeconds);
        return new S3RetryCountingClient(config, TimeSpan.FromSeconds(longestWaitSeconds));
    }

    /// <summary>
    /// Completes when the server has finished all requests, also the last ones of a killed client.
    /// </summary>
    public Task SettledAsync() => Task.WhenAll(_connections.Keys);

    /// <summary>Stops listening.</summary>
    public async Task RefuseAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    /// <summary>Listens again.</summary>
    public void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await RefuseAsync();
        await SettledAsync();
        _completion.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var listener = _listener;
        try
        {
            while (true)
            {
                var serving = ServeAsync(await listener.AcceptTcpClientAsync(_stop.Token));
                _connections.TryAdd(serving, 0);
                _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test ended, or connections must be refused.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        await Task.Yield();
        using (connection)
        {
            try
            {
                var client = connection.GetStream();
                using var body = new MemoryStream();
                if (await FakeRequest.ReadAsync(client, body, _stop.Token) is not { } request)
                {
                    return;
                }

                Requests.Enqueue(request);
                Interlocked.Increment(ref _passed);
                var fault = Choose(request);
                if (fault is not null)
                {
                    Interlocked.Increment(ref _faults);
                }

                if (!await AnswerAsync(client, request, body.ToArray(), fault ?? new Fault()))
                {
                    connection.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client disconnected, or the test ended.
            }
        }
    }

    /// <returns>Whether the whole answer was sent; if not, the connection must be reset.</returns>
    private async Task<bool> AnswerAsync(NetworkStream client, FakeRequest request, byte[] body, Fault fault)
    {
        byte[] answer = [];
        for (int delivery = 0; delivery < fault.Deliveries; delivery++)
        {
            answer = await DeliverAsync(request, body);
        }

        fault.Then();
        if (fault.Answer is { } other)
        {
            await other.SendAsync(client, request.Method == "HEAD", _stop.Token);
            return true;
        }
        if (fault.Rewrite is { } rewrite)
        {
            answer = Rewritten(answer, rewrite);
        }

        int head = answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        int length = fault.CutAt is not { } cut ? answer.Length
            : cut < 0 ? 0
            : Math.Min(answer.Length, head + cut);
        byte[] passing = answer[..length];
        foreach (byte[] block in fault.Drips ? passing.Chunk(1_000) : [passing])
        {
            await client.WriteAsync(block, _stop.Token);
            if (fault.Drips)
            {
                await Task.Delay(1, _stop.Token);
            }
        }
        if (fault.Stalls)
        {
            await UntilClosedAsync(client);
        }

        return fault.CutAt is null;
    }

    /// <returns>The server's answer, head and body.</returns>
    private async Task<byte[]> DeliverAsync(FakeRequest request, byte[] body)
    {
        if (!_addsConditions || request.Operation != "Complete")
        {
            return await SendAsync(request, body);
        }

        await _completion.WaitAsync(_stop.Token);
        try
        {
            return await RefusalAsync(request) ?? await SendAsync(request, body);
        }
        finally
        {
            _completion.Release();
        }
    }

    /// <summary>The answer to a completion whose If-Match does not hold; null if it may go on.</summary>
    private async Task<byte[]?> RefusalAsync(FakeRequest completion)
    {
        if (!completion.Headers.TryGetValue("If-Match", out string? expected))
        {
            return null;
        }

        string there = Encoding.ASCII.GetString(
            await SendAsync(completion with { Method = "HEAD", Target = completion.Target.Split('?')[0] }, []));
        string? found = there.Split("\r\n").FirstOrDefault(
            line => line.StartsWith("ETag: ", StringComparison.OrdinalIgnoreCase))?["ETag: ".Length..];
        if (found == expected)
        {
            return null;
        }

        using var refusal = new MemoryStream();
        await (found is null ? FakeAnswer.Error(404, "NoSuchKey") : FakeAnswer.Error(412, "PreconditionFailed"))
            .SendAsync(refusal, headOnly: false, _stop.Token);
        return refusal.ToArray();
    }

    private async Task<byte[]> SendAsync(FakeRequest request, byte[] body)
    {
        using var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(_server.Host, _server.Port, _stop.Token);
        var server = connection.GetStream();
        var headers = request.Headers.Where(header => header.Key is not ("Connection" or "Content-Length"))
            .Select(header => $"{header.Key}: {header.Value}\r\n");
        string head = $"{request.Method} {request.Target} HTTP/1.1\r\n{string.Concat(headers)}"
            + $"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n";
        await server.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        await server.WriteAsync(body, _stop.Token);
        using var answer = new MemoryStream();
        await server.CopyToAsync(answer, _stop.Token);
        return answer.ToArray();
    }

    private static byte[] Rewritten(byte[] answer, Func<byte[], byte[]> rewrite)
    {
        int head = answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        byte[] body = rewrite(answer[head..]);
        var lines = Encoding.ASCII.GetString(answer, 0, head - 4).Split("\r\n")
            .Where(line => !line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        string rewritten = string.Create(
            CultureInfo.InvariantCulture, $"{string.Join("\r\n", lines)}\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(rewritten), .. body];
    }

    private async Task UntilClosedAsync(NetworkStream client)
    {
        byte[] none = new byte[1];
        while (await client.ReadAsync(none, _stop.Token) > 0)
        {
            // The body of a request that arrived late.
        }
    }
}
