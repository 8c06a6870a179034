namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>A line: its number from 1, counting blank lines, and its bytes without the newline.</summary>
internal sealed record FramedLine(long Number, byte[] Text);

/// <summary>The lines of a text, found without the product's code.</summary>
internal static class LineOracle
{
    /// <summary>Splits at newlines and omits blank lines, also those that begin with a byte-order mark.</summary>
    public static List<FramedLine> Split(byte[] text)
    {
        var lines = new List<FramedLine>();
        long number = 0;
        for (int start = 0; start < text.Length;)
        {
            int newline = Array.IndexOf(text, (byte)'\n', start);
            int end = newline < 0 ? text.Length : newline;
            byte[] line = text[start..end];
            number++;
            if (line.AsSpan(LengthOfMark(line)).ContainsAnyExcept(" \t\r"u8))
            {
                lines.Add(new FramedLine(number, line));
            }

            start = end + 1;
        }

        return lines;
    }

    /// <summary>3 where the line begins with a byte-order mark, otherwise 0.</summary>
    public static int LengthOfMark(byte[] line) => line is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;

    /// <summary>
    /// Whether a line may begin a container of records: <c>[</c>, or <c>{"Records":[</c> over one line or several.
    /// </summary>
    public static bool MayHoldContainer(byte[] text) =>
        text.AsSpan().IndexOf("\"Records\""u8) >= 0
        || Split(text).Exists(line => line.Text.AsSpan(LengthOfMark(line.Text)).TrimStart(" \t\r"u8).StartsWith("["u8));
}
