using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// An object's text line by line, framed without the code that wrote the file. A line that is too long to hold comes in
/// several fragments.
/// </summary>
internal sealed class SourceLines(SourceBuffer buffer)
{
    private int _newline = -1;

    /// <summary>The rest of the line, without the newline.</summary>
    public ReadOnlySpan<byte> Text => EndsLine && _newline >= 0 ? buffer.Text[.._newline] : buffer.Text;

    /// <summary>
    /// Whether <see cref="Text"/> ends with the line; otherwise the line is longer than the buffer may be.
    /// </summary>
    public bool EndsLine { get; private set; }

    /// <summary>Whether nothing of the line was consumed.</summary>
    public bool IsAtStart { get; private set; }

    /// <summary>Whether <see cref="Text"/> has the maximum length.</summary>
    public bool IsFull => buffer.IsFull;

    /// <summary>The number of the line, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Moves to the start of the next line if the last one was read to its end, or none was read.</summary>
    public void MoveOn()
    {
        if (LineNumber > 0 && !EndsLine)
        {
            return;
        }

        if (EndsLine)
        {
            buffer.Consume(_newline >= 0 ? _newline + 1 : buffer.Text.Length);
        }

        LineNumber++;
        IsAtStart = true;
        EndsLine = false;
    }

    /// <summary>Counts newlines that something else consumed from the buffer, at the start of a line.</summary>
    public void Pass(long newlines) => LineNumber += newlines;

    /// <summary>Moves to the next line, or to the next fragment of a line that was consumed in part.</summary>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="AggregationException">The object cannot be unpacked.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        MoveOn();
        int searched = 0;
        while ((_newline = buffer.Text[searched..].IndexOf((byte)'\n')) < 0)
        {
            searched = buffer.Text.Length;
            if (!await buffer.FillAsync(cancellation))
            {
                break;
            }
        }

        _newline += _newline >= 0 ? searched : 0;
        EndsLine = _newline >= 0 || buffer.HasEnded;
        return _newline >= 0 || buffer.Text.Length > 0;
    }

    /// <summary>Removes bytes from the start of <see cref="Text"/>.</summary>
    public void Consume(int bytes)
    {
        buffer.Consume(bytes);
        _newline -= _newline >= 0 ? bytes : 0;
        IsAtStart = false;
    }
}
