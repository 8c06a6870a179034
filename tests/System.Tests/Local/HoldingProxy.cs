using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>A proxy that holds back one request whose head matches, until it is released.</summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Uri _server;
    private readonly Regex _head;
    private readonly Task _serving;
    private int _left;

    /// <param name="serverUrl">The server.</param>
    /// <param name="head">A pattern of a request's first line.</param>
    /// <param name="number">Which matching request is held back, from 1.</param>
    public HoldingProxy(string serverUrl, string head, int number = 1)
    {
        _left = number;
        (_server, _head) = (new Uri(serverUrl), new Regex(head, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        _listener.Start();
        EndpointUrl = $"http://{_listener.LocalEndpoint}";
        _serving = ServeAsync();
    }

    public string EndpointUrl { get; }

    /// <summary>Completes when such a request has arrived.</summary>
    public Task Held => _held.Task;

    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        while (!_stopping.IsCancellationRequested)
        {
            connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _stopping.Token);
                await Task.WhenAny(
                    PassOnAsync(client.GetStream(), server.GetStream(), isRequest: true),
                    PassOnAsync(server.GetStream(), client.GetStream(), isRequest: false));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The other side closed the connection.
            }
        }
    }

    private async Task PassOnAsync(NetworkStream from, NetworkStream to, bool isRequest)
    {
        byte[] bytes = new byte[1 << 16];
        for (int read; (read = await from.ReadAsync(bytes, _stopping.Token)) > 0;)
        {
            // The client sends each head in one piece, and no body that looks like a head.
            if (isRequest && _head.IsMatch(Encoding.ASCII.GetString(bytes, 0, Math.Min(read, 2048)))
                && Interlocked.Decrement(ref _left) == 0)
            {
                _held.TrySetResult();
                await _released.Task.WaitAsync(_stopping.Token);
            }

            await to.WriteAsync(bytes.AsMemory(0, read), _stopping.Token);
        }
    }
}
