namespace CloudTrailAggregation.Framing;

/// <summary>
/// Framing outside of containers: a record is on one line, and a line may hold several records that follow one another.
/// </summary>
internal sealed class LineFraming
{
    private ContainerStart _start;

    /// <summary>Whether a line was found that is not blank.</summary>
    private bool _hasLines;

    /// <summary>The number of the line at the position, from 1.</summary>
    public long LineNumber { get; private set; } = 1;

    /// <summary>Whether the position is within a line, where no container can start.</summary>
    public bool InLine { get; set; }

    /// <summary>
    /// Whether a text that ends where the start of a container is undecided ends within a container: after a part of
    /// the name Records, or after a brace in an object that has no lines.
    /// </summary>
    public bool EndsInContainer => _start.IsInRecords || (_start.IsInBraces && !_hasLines);

    /// <summary>Adds the lines up to the last newline, or up to the start of a container.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="at">
    /// The first byte of the text to read. Receives the start of what was not read, or the position after the bracket
    /// that starts a container.
    /// </param>
    /// <param name="searched">How many bytes are known to be without a newline.</param>
    /// <returns>What is next: a line that has no end yet, the end of the text included, or a container.</returns>
    public LineStart Read(Chunk chunk, ref int at, int searched)
    {
        while (at < chunk.Length)
        {
            var start = InLine ? LineStart.Line : StartOf(chunk.Text[at..]);
            if (start != LineStart.Line)
            {
                at += start == LineStart.Undecided ? 0 : EndStart();
                return start;
            }

            int from = Math.Max(at, searched);
            int newline = chunk.Text[from..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                return LineStart.Line;
            }

            Add(chunk, at, from + newline - at);
            at = from + newline + 1;
            EndLine();
        }

        return LineStart.Line;
    }

    /// <summary>Adds a line, or a part of it that holds whole records, unless it is blank.</summary>
    public unsafe void Add(Chunk chunk, int start, int length)
    {
        if (!IsBlank(chunk.Text.Slice(start, length)))
        {
            _hasLines = true;
            chunk.Records.Add(new Record
            {
                Start = chunk.Start + start,
                Length = length,
                Position = new RecordPosition(LineNumber),
            });
        }
    }

    /// <summary>Moves to the line after one that came in fragments.</summary>
    public void EndLongLine()
    {
        _hasLines = true;
        EndLine();
    }

    /// <summary>Moves to the end of a container, which is like the start of a line.</summary>
    /// <param name="newlines">The newlines within the container.</param>
    public void EndContainer(long newlines) => LineNumber += newlines;

    private void EndLine()
    {
        LineNumber++;
        InLine = false;
        _start = default;
    }

    private LineStart StartOf(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'{', (byte)'"', not (byte)'R', ..])
        {
            return LineStart.Line;
        }

        var start = _start.Find(text);
        InLine = start == LineStart.Line;
        return start;
    }

    private int EndStart()
    {
        int length = _start.Length;
        LineNumber += _start.Newlines;
        _start = default;
        return length;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line)
    {
        line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return line.IsEmpty || (line[0] <= ' ' && !line.ContainsAnyExcept(" \t\r"u8));
    }
}
