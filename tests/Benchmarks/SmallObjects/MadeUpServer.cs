using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>
/// An S3 server of one bucket with the objects of <see cref="MadeUpTrail"/>: it lists and gives them, each answer after
/// the same delay, and knows nothing else of S3. It looks at no signature and no condition.
/// </summary>
/// <param name="trail">The objects.</param>
/// <param name="delay">The time from a request to its answer.</param>
internal sealed class MadeUpServer(MadeUpTrail trail, TimeSpan delay)
{
    public const string Bucket = "made-up";

    private const int BufferBytes = 16 << 10;
    private const int ListenBacklog = 1_024;

    /// <summary>Listens on a free port, says it, and serves until the process is ended.</summary>
    /// <param name="say">Receives the server's address.</param>
    public async Task RunAsync(Action<string> say)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(ListenBacklog);
        say(string.Create(
            CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync());
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            using var made = new MadeUpObject();
            byte[] buffer = new byte[BufferBytes];
            int filled = 0;
            try
            {
                for (int read; (read = await connection.ReceiveAsync(buffer.AsMemory(filled))) > 0;)
                {
                    filled += read;
                    int head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                    if (head < 0)
                    {
                        continue;
                    }

                    // A client waits for the answer before it sends another request on the same connection.
                    string request = Encoding.ASCII.GetString(buffer, 0, head);
                    filled = 0;
                    await Task.Delay(delay);
                    await connection.SendAsync(Answer(request, made));
                }
            }
            catch (SocketException)
            {
                // The client went away.
            }
        }
    }

    private byte[] Answer(string request, MadeUpObject made)
    {
        string[] target = request.Split(' ', 3)[1].Split('?', 2);
        if (target is [_, var query] && query.Contains("list-type=2", StringComparison.Ordinal))
        {
            return WholeAnswer("200 OK", "", MadeUpListing.PageOf(trail, Parameters(query)));
        }

        string key = Uri.UnescapeDataString(target[0]["/".Length..].Split('/', 2)[1]);
        if (trail.PlaceOf(key) is not { } place)
        {
            return WholeAnswer("404 Not Found", "", "<Error><Code>NoSuchKey</Code></Error>"u8);
        }

        var bytes = made.BytesAt(place).Span;
        string etag = $"ETag: {MadeUpTrail.ETagAt(place)}\r\n";
        if (RangeOf(request) is not { } range)
        {
            return WholeAnswer("200 OK", etag, bytes);
        }

        int end = Math.Min(range.Last + 1, bytes.Length);
        return WholeAnswer(
            "206 Partial Content",
            $"{etag}Content-Range: bytes {range.First}-{end - 1}/{bytes.Length}\r\n",
            bytes[range.First..end]);
    }

    private static Dictionary<string, string> Parameters(string query) =>
        query.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(
            pair => pair[0], pair => Uri.UnescapeDataString(pair[^1]), StringComparer.Ordinal);

    private static (int First, int Last)? RangeOf(string request)
    {
        const string Header = "\nRange: bytes=";
        int at = request.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        string[] range = request[(at + Header.Length)..].Split('\r', 2)[0].Split('-');
        return (int.Parse(range[0], CultureInfo.InvariantCulture), int.Parse(range[1], CultureInfo.InvariantCulture));
    }

    private static byte[] WholeAnswer(string status, string headers, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nServer: made-up\r\nx-amz-request-id: 0\r\n"
            + $"{headers}Content-Length: {body.Length}\r\n\r\n"));
        return [.. head, .. body];
    }
}
