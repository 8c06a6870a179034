using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>An answer of an <see cref="ObjectServer"/>.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">More headers, each with its end of line.</param>
internal sealed record ServedAnswer(int Status, ReadOnlyMemory<byte> Body = default, string Headers = "")
{
    /// <summary>The status line and the headers.</summary>
    public byte[] Head => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {Status} Answer\r\nServer: benchmark\r\nx-amz-request-id: 0\r\n"
        + $"{Headers}Content-Length: {Body.Length}\r\n\r\n"));

    public static ServedAnswer Xml(string text) => new(200, Encoding.UTF8.GetBytes(text));
}
