using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// A line without its newline, numbered from 1 with the blank ones, or an element of a container, numbered from 1
/// within the object.
/// </summary>
internal sealed record FramedLine(long Number, byte[] Text, bool InContainer = false);

/// <summary>The lines and elements of a text, found with a regular expression and System.Text.Json.</summary>
/// <param name="Lines">Those up to the damage.</param>
/// <param name="IsDamaged">Whether a container is not JSON, is cut, or has a member beside Records.</param>
internal sealed partial record FramingOracle(IReadOnlyList<FramedLine> Lines, bool IsDamaged)
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Finds containers at the start of a line or after a container, and lines everywhere else.</summary>
    public static FramingOracle Split(byte[] text)
    {
        string letters = Encoding.Latin1.GetString(text);
        var lines = new List<FramedLine>();
        bool hasLines = false;
        long number = 1, elements = 0;
        for (int at = 0; at < text.Length;)
        {
            var start = ContainerStart().Match(letters, at);
            if (start.Success)
            {
                int bracket = start.Groups["first"].Index;
                if (!TryReadContainer(text.AsSpan(bracket), ref elements, lines, out int length))
                {
                    return new FramingOracle(lines, IsDamaged: true);
                }

                number += text.AsSpan(at, bracket + length - at).Count((byte)'\n');
                at = bracket + length;
                continue;
            }

            if (CutInRecords().IsMatch(letters, at) || (!hasLines && CutInBraces().IsMatch(letters, at)))
            {
                return new FramingOracle(lines, IsDamaged: true);
            }

            int newline = Array.IndexOf(text, (byte)'\n', at);
            int end = newline < 0 ? text.Length : newline;
            byte[] line = text[at..end];
            if (line.AsSpan(LengthOfMark(line)).ContainsAnyExcept(" \t\r"u8))
            {
                lines.Add(new FramedLine(number, line));
                hasLines = true;
            }

            number++;
            at = end + 1;
        }

        return new FramingOracle(lines, IsDamaged: false);
    }

    /// <summary>3 where the line begins with a byte-order mark, otherwise 0.</summary>
    public static int LengthOfMark(byte[] line) => line is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;

    private static bool TryReadContainer(
        ReadOnlySpan<byte> text, ref long elements, List<FramedLine> lines, out int length)
    {
        var json = new Utf8JsonReader(text, AnyDepth);
        bool isWhole;
        try
        {
            json.Read();
            bool isObject = json.TokenType == JsonTokenType.StartObject;
            if (isObject)
            {
                json.Read();
                json.Read();
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)json.TokenStartIndex;
                json.Skip();
                lines.Add(
                    new FramedLine(++elements, OnOneLine(text[start..(int)json.BytesConsumed]), InContainer: true));
            }

            isWhole = !isObject || (json.Read() && json.TokenType == JsonTokenType.EndObject);
        }
        catch (JsonException)
        {
            isWhole = false;
        }

        length = (int)json.BytesConsumed;
        return isWhole;
    }

    /// <summary>The element with spaces for its newlines, which JSON allows between tokens only.</summary>
    private static byte[] OnOneLine(ReadOnlySpan<byte> element)
    {
        byte[] line = element.ToArray();
        line.AsSpan().ReplaceAny(System.Buffers.SearchValues.Create("\r\n"u8), (byte)' ');
        return line;
    }

    [GeneratedRegex(
        @"\G(\xEF\xBB\xBF)?[ \t\r]*(?<first>\[|\{[ \t\r\n]*""Records""[ \t\r\n]*:[ \t\r\n]*\[)",
        RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ContainerStart();

    [GeneratedRegex(
        @"\G(\xEF\xBB\xBF)?[ \t\r]*\{[ \t\r\n]*""R(e(c(o(r(d(s(""[ \t\r\n]*(:[ \t\r\n]*)?)?)?)?)?)?)?)?\z",
        RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex CutInRecords();

    [GeneratedRegex(@"\G(\xEF\xBB\xBF)?[ \t\r]*\{[ \t\r\n]*""?\z", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex CutInBraces();
}
