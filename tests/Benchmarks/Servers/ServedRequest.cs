using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>A request to an <see cref="ObjectServer"/>.</summary>
internal sealed class ServedRequest
{
    private readonly Dictionary<string, string> _headers;

    private ServedRequest(string head)
    {
        string[] lines = head.Split("\r\n");
        string[] first = lines[0].Split(' ');
        string[] target = first[1].Split('?', 2);
        string[] path = target[0].TrimStart('/').Split('/', 2);
        Method = first[0];
        Bucket = path[0];
        Key = path is [_, var key] ? Uri.UnescapeDataString(key) : "";
        Query = (target is [_, var query] ? query.Split('&') : []).Select(pair => pair.Split('=', 2)).ToDictionary(
            pair => pair[0], pair => pair is [_, var value] ? Uri.UnescapeDataString(value) : "",
            StringComparer.Ordinal);
        _headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(
            pair => pair[0], pair => pair[^1].Trim(), StringComparer.OrdinalIgnoreCase);
    }

    public string Method { get; }

    public string Bucket { get; }

    public string Key { get; }

    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>The body as it was stored, without the chunks and signatures of aws-chunked.</summary>
    public byte[] Body { get; private set; } = [];

    /// <summary>The range that is asked for: its first byte and the one behind its last.</summary>
    public (int Start, int End)? Range
    {
        get
        {
            if (!_headers.TryGetValue("Range", out string? text))
            {
                return null;
            }

            string[] range = text["bytes=".Length..].Split('-');
            return (Number(range[0]), range[1].Length == 0 ? int.MaxValue : Number(range[1]) + 1);
        }
    }

    /// <summary>Reads the next request of a connection; null when the client has closed it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="buffer">
    /// Takes the head. A client waits for the answer before it sends another request, so nothing of the next one comes
    /// into it.
    /// </param>
    /// <param name="link">Carries the body.</param>
    public static async Task<ServedRequest?> ReadAsync(Socket connection, Memory<byte> buffer, Link link)
    {
        int filled = 0;
        for (int read; (read = await connection.ReceiveAsync(buffer[filled..])) > 0;)
        {
            filled += read;
            int head = buffer.Span[..filled].IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                var request = new ServedRequest(Encoding.ASCII.GetString(buffer.Span[..head]));
                await request.ReadBodyAsync(connection, buffer[(head + 4)..filled], link);
                return request;
            }
        }

        return null;
    }

    private async Task ReadBodyAsync(Socket connection, ReadOnlyMemory<byte> start, Link link)
    {
        byte[] body = new byte[Number(_headers.GetValueOrDefault("Content-Length", "0"))];
        start.CopyTo(body);
        if (_headers.ContainsKey("Expect"))
        {
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        int filled = start.Length;
        while (filled < body.Length)
        {
            int read = await connection.ReceiveAsync(body.AsMemory(filled));
            await link.CarryAsync(read);
            filled += read > 0 ? read : throw new EndOfStreamException();
        }

        Body = _headers.ContainsKey("x-amz-decoded-content-length") ? Unchunked(body) : body;
    }

    /// <summary>
    /// The content of aws-chunked: each chunk is its size in hexadecimal digits, extensions up to a new line, and its
    /// bytes with a new line behind them; the chunk of size 0 is the last.
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    /// </summary>
    private byte[] Unchunked(ReadOnlySpan<byte> body)
    {
        byte[] content = new byte[Number(_headers["x-amz-decoded-content-length"])];
        int filled = 0;
        while (filled < content.Length)
        {
            int line = body.IndexOf("\r\n"u8);
            int size = int.Parse(
                body[..body.IndexOfAny((byte)';', (byte)'\r')], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Slice(line + 2, size).CopyTo(content.AsSpan(filled));
            filled += size;
            body = body[(line + 2 + size + 2)..];
        }

        return content;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
