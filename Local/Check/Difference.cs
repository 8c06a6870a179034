using System.Text;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The first difference between file and source.</summary>
internal sealed class DifferenceException(string message, Exception? cause = null)
    : AggregationException(message, cause)
{
    private const int ExcerptBytes = 80;
    private const int BytesBefore = 20;

    /// <summary>Two values that should be equal, each shown from 20 bytes before the first difference.</summary>
    public static string Values(string inSource, ReadOnlySpan<byte> source, string inFile, ReadOnlySpan<byte> file)
    {
        int from = Math.Max(0, source.CommonPrefixLength(file) - BytesBefore);
        return $"{inSource} {Excerpt(source, from)}, {inFile} {Excerpt(file, from)}";
    }

    /// <summary>
    /// A piece of the text on one line, at most 80 bytes of it, escaped so that it cannot control the terminal.
    /// </summary>
    public static string Excerpt(ReadOnlySpan<byte> text, int from = 0)
    {
        int end = Math.Min(text.Length, from + ExcerptBytes);
        string piece = Encoding.UTF8.GetString(text[Math.Min(from, end)..end]);
        string excerpt = ReadableJson.Encoder.Encode(piece);
        return $"{(from > 0 ? "… " : "")}\"{excerpt}\"{(end < text.Length ? " …" : "")}";
    }
}
