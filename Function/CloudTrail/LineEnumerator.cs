namespace CloudTrailAggregation.CloudTrail;

/// <summary>A line without its newline, a trailing CR and a byte-order mark; valid as long as its chunk.</summary>
public readonly unsafe ref struct Line(byte* start, int length, long number)
{
    public byte* Start { get; } = start;

    /// <summary>In bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Its number in the object, from 1; blank lines count.</summary>
    public long Number { get; } = number;

    public ReadOnlySpan<byte> Text => new(Start, Length);
}

/// <summary>Walks the lines of a chunk and passes over the blank ones.</summary>
public unsafe ref struct LineEnumerator
{
    private readonly byte* _end;
    private byte* _next;
    private long _number;

    internal LineEnumerator(byte* text, int length, long firstLineNumber)
    {
        _next = text;
        _end = text + length;
        _number = firstLineNumber - 1;
    }

    public Line Current { get; private set; }

    public readonly LineEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < _end)
        {
            byte* start = _next;
            int length = new ReadOnlySpan<byte>(start, (int)(_end - start)).IndexOf((byte)'\n');
            _next = start + length + 1;
            _number++;
            var line = Trim(new ReadOnlySpan<byte>(start, length), out int skipped);
            if (!IsBlank(line))
            {
                Current = new Line(start + skipped, line.Length, _number);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes off what belongs to the file, not to the line.</summary>
    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line, out int skipped)
    {
        skipped = line.StartsWith("\uFEFF"u8) ? 3 : 0;
        line = line[skipped..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) =>
        line.IsEmpty || (line[0] <= ' ' && !line.ContainsAnyExcept(" \t\r"u8));
}
