namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>A line as it is framed: its number from 1, blank ones counted, and its bytes.</summary>
internal sealed record FramedLine(long Number, byte[] Text);

/// <summary>The lines of a text, found without the product's code.</summary>
internal static class LineOracle
{
    /// <summary>Splits at newlines, takes off byte-order mark and CR, passes over blank lines.</summary>
    public static List<FramedLine> Split(byte[] text)
    {
        var lines = new List<FramedLine>();
        long number = 0;
        for (int start = 0; start < text.Length;)
        {
            int newline = Array.IndexOf(text, (byte)'\n', start);
            int end = newline < 0 ? text.Length : newline;
            byte[] line = Trim(text[start..end]);
            number++;
            if (line.AsSpan().ContainsAnyExcept(" \t\r"u8))
            {
                lines.Add(new FramedLine(number, line));
            }

            start = end + 1;
        }

        return lines;
    }

    public static byte[] Trim(byte[] line)
    {
        line = line is [0xEF, 0xBB, 0xBF, ..] ? line[3..] : line;
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
