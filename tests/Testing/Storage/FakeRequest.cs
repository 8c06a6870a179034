using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>A request as the SDK sent it, without its body.</summary>
internal sealed record FakeRequest(
    string Method, string Target, Dictionary<string, string> Query, Dictionary<string, string> Headers)
{
    public string Bucket => Path[0];

    public string Key => Path is [_, var key] ? Uri.UnescapeDataString(key) : "";

    /// <summary>The S3 operation, if it is one that the store uses.</summary>
    public string Operation => Method switch
    {
        "GET" when Query.ContainsKey("list-type") => "List",
        "GET" => "Get",
        "HEAD" => "Head",
        "PUT" => "Part",
        "POST" when Query.ContainsKey("uploads") => "Initiate",
        "POST" => "Complete",
        "DELETE" when Query.ContainsKey("uploadId") => "Abort",
        _ => "Delete",
    };

    private string[] Path => Target.Split('?')[0].TrimStart('/').Split('/', 2);

    /// <summary>Reads one request and copies its body; null when the client closes the connection instead.</summary>
    public static async Task<FakeRequest?> ReadAsync(Stream stream, Stream body, CancellationToken cancellation)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (!(head.Count > 4 && head[^1] == '\n' && head[^3] == '\n'))
        {
            if (await stream.ReadAsync(one, cancellation) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }
        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        string[] target = first[1].Split('?', 2);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.OrdinalIgnoreCase);
        var query = (target is [_, var given] ? given.Split('&') : []).Select(pair => pair.Split('=', 2))
            .ToDictionary(
                pair => Uri.UnescapeDataString(pair[0]),
                pair => pair is [_, var value] ? Uri.UnescapeDataString(value) : "", StringComparer.Ordinal);
        await CopyBodyAsync(stream, body, headers, cancellation);
        return new FakeRequest(first[0], first[1], query, headers);
    }

    private static async Task CopyBodyAsync(
        Stream stream, Stream body, Dictionary<string, string> headers, CancellationToken cancellation)
    {
        if (headers.Remove("Expect"))
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellation);
        }

        byte[] block = new byte[65_536];
        int left = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        while (left > 0)
        {
            int n = await stream.ReadAsync(block.AsMemory(0, Math.Min(left, block.Length)), cancellation);
            if (n == 0)
            {
                return;
            }

            await body.WriteAsync(block.AsMemory(0, n), cancellation);
            left -= n;
        }
    }
}
