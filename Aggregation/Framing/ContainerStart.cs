namespace CloudTrailAggregation.Framing;

/// <summary>What the text at the start of a line is.</summary>
internal enum LineStart
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A container that starts with <c>[</c>.</summary>
    Array,

    /// <summary>A container that starts with <c>{"Records":[</c>.</summary>
    Records,

    /// <summary>Either: the text ends within what may be the start of a container.</summary>
    Undecided,
}

/// <summary>
/// Detects the start of a container at the start of a line: <c>[</c> or <c>{"Records":[</c>, with white space and
/// newlines allowed between the tokens. While it is undecided, the next call continues where the last one stopped.
/// </summary>
internal struct ContainerStart
{
    private static readonly byte[][] Tokens =
        ["{"u8.ToArray(), "\"Records\""u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray()];

    /// <summary>The number of tokens found.</summary>
    private int _found;

    /// <summary>The number of bytes of the next token at the end of the text.</summary>
    private int _partial;

    /// <summary>The length of the start up to and including its last token, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The number of newlines within the start.</summary>
    public int Newlines { get; private set; }

    /// <summary>
    /// Whether the text ended in what can only be the start of a container: within or after the name Records.
    /// </summary>
    public readonly bool IsInRecords => _found > 1 || (_found == 1 && _partial > 1);

    /// <summary>Whether the text ended after the brace that may start a container.</summary>
    public readonly bool IsInBraces => _found > 0;

    /// <summary>Looks at the text from the start of a line on.</summary>
    public LineStart Find(ReadOnlySpan<byte> text)
    {
        if (Length == 0 && !SkipMark(text))
        {
            return LineStart.Undecided;
        }

        while (true)
        {
            SkipWhite(text);
            var rest = text[Length..];
            if (_found == 0 && rest is [(byte)'[', ..])
            {
                Length++;
                return LineStart.Array;
            }

            byte[] token = Tokens[_found];
            if (!rest.StartsWith(token))
            {
                _partial = rest.Length;
                return token.AsSpan().StartsWith(rest) ? LineStart.Undecided : LineStart.Line;
            }

            Length += token.Length;
            if (++_found == Tokens.Length)
            {
                return LineStart.Records;
            }
        }
    }

    /// <returns>False if the text ends within a byte-order mark.</returns>
    private bool SkipMark(ReadOnlySpan<byte> text)
    {
        var mark = "\uFEFF"u8;
        bool isMarked = text.StartsWith(mark);
        Length = isMarked ? mark.Length : 0;
        return isMarked || text.IsEmpty || !mark.StartsWith(text);
    }

    /// <summary>Skips white space. A newline before the first token ends the line.</summary>
    private void SkipWhite(ReadOnlySpan<byte> text)
    {
        while (Length < text.Length && (text[Length] is (byte)' ' or (byte)'\t' or (byte)'\r'
            || (text[Length] == '\n' && _found > 0)))
        {
            Newlines += text[Length++] == '\n' ? 1 : 0;
        }
    }
}
