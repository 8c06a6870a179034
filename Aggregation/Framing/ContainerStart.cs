namespace CloudTrailAggregation.Framing;

/// <summary>
/// Detects the start of a container of records at the start of a line: <c>[</c> or <c>{"Records":[</c>, with white
/// space and newlines allowed between the tokens.
/// </summary>
internal struct ContainerStart
{
    private static readonly byte[][] Tokens =
        ["{"u8.ToArray(), "\"Records\""u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray()];

    /// <summary>The number of tokens found at the end of the lines so far.</summary>
    private int _found;

    /// <summary>Reads the next line.</summary>
    /// <returns>Whether this line has the last token of a container's start.</returns>
    public bool IsFoundIn(ReadOnlySpan<byte> line)
    {
        if (_found == 0 && line is [(byte)'{', (byte)'"', not (byte)'R', ..])
        {
            return false;
        }

        line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return IsArray(line) || (_found > 0 && Follows(line)) || (_found == 0 && Follows(line));
    }

    private static bool IsArray(ReadOnlySpan<byte> line) => line.TrimStart(" \t\r"u8) is [(byte)'[', ..];

    private bool Follows(ReadOnlySpan<byte> line)
    {
        while (true)
        {
            line = line.TrimStart(" \t\r"u8);
            if (_found == Tokens.Length || line.IsEmpty)
            {
                return _found == Tokens.Length;
            }

            if (!line.StartsWith(Tokens[_found]))
            {
                _found = 0;
                return false;
            }

            line = line[Tokens[_found++].Length..];
        }
    }
}
