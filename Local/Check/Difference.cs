using System.Text;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Where file and source differ first.</summary>
internal sealed class DifferenceException(string message) : AggregationException(message)
{
    private const int ExcerptBytes = 80;
    private const int BytesBefore = 20;

    /// <summary>Two values that should be equal, each from shortly before the first difference on.</summary>
    public static string Values(string inSource, ReadOnlySpan<byte> source, string inFile, ReadOnlySpan<byte> file)
    {
        int from = Math.Max(0, source.CommonPrefixLength(file) - BytesBefore);
        return $"{inSource} {Excerpt(source, from)}, {inFile} {Excerpt(file, from)}";
    }

    /// <summary>On one line, bounded, and without anything that a terminal would obey.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text, int from = 0)
    {
        int end = Math.Min(text.Length, from + ExcerptBytes);
        string excerpt = ReadableJson.Encoder.Encode(Encoding.UTF8.GetString(text[Math.Min(from, end)..end]));
        return $"{(from > 0 ? "… " : "")}\"{excerpt}\"{(end < text.Length ? " …" : "")}";
    }
}
