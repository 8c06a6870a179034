using System.Buffers;

namespace CloudTrailAggregation.CloudTrail;

/// <summary>
/// Framing: cuts an object's text into chunks of whole lines. Where a chunk is cut depends on the text alone, not on
/// how the bytes arrive, so that a rerun makes the same chunks.
/// </summary>
public sealed class LineReader(LogFile logFile)
{
    /// <summary>The longest line that is read as one, in bytes, without newline, CR and byte-order mark.</summary>
    public const int MaxLineBytes = 16 << 20;

    /// <summary>The longest line together with byte-order mark, CR and newline.</summary>
    private const int MaxChunkBytes = MaxLineBytes + 5;

    private readonly ArrayBufferWriter<byte> _carried = new();
    private long _nextLineNumber = 1;
    private bool _inLongLine;
    private bool _ended;

    /// <summary>Fills the chunk with the next whole lines, or with a part of a line that is too long to be held.</summary>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="AggregationException">The object cannot be read whole.</exception>
    public async ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellation)
    {
        chunk.Clear();
        chunk.Append(_carried.WrittenSpan);
        _carried.ResetWrittenCount();
        int lastNewline = chunk.Text.LastIndexOf((byte)'\n');
        while (true)
        {
            int searched = chunk.Length;
            await FillToCapacityAsync(chunk, cancellation);
            int newline = chunk.Text[searched..].LastIndexOf((byte)'\n');
            lastNewline = newline >= 0 ? searched + newline : lastNewline;
            if (_ended || _inLongLine || lastNewline >= 0 || chunk.Capacity >= MaxChunkBytes)
            {
                break;
            }

            chunk.Grow(Math.Min(chunk.Capacity * 2, MaxChunkBytes));
        }

        if (chunk.Length == 0 && !_inLongLine)
        {
            return false;
        }

        Cut(chunk, lastNewline);
        return true;
    }

    private async ValueTask FillToCapacityAsync(Chunk chunk, CancellationToken cancellation)
    {
        while (!_ended && chunk.Length < chunk.Capacity)
        {
            if (!logFile.TryRead(chunk.Free, out int read))
            {
                await logFile.RefillAsync(cancellation);
            }
            else if (read > 0)
            {
                chunk.Length += read;
            }
            else
            {
                _ended = true;
            }
        }
    }

    /// <summary>Decides what the chunk is and carries the rest over to the next.</summary>
    private void Cut(Chunk chunk, int lastNewline)
    {
        chunk.FirstLineNumber = _nextLineNumber;
        int end;
        if (_inLongLine || (lastNewline < 0 && !_ended))
        {
            int newline = chunk.Text.IndexOf((byte)'\n');
            bool lineEnds = newline >= 0 || _ended;
            chunk.Content = lineEnds ? ChunkContent.EndOfLongLine : ChunkContent.PartOfLongLine;
            end = newline >= 0 ? newline + 1 : chunk.Length;

            // A CR at the cut is the line's only if no newline follows: the next part decides.
            end -= !lineEnds && chunk.Text[..end].EndsWith("\r"u8) ? 1 : 0;
            _inLongLine = !lineEnds;
            _nextLineNumber += lineEnds ? 1 : 0;
        }
        else
        {
            if (_ended && lastNewline < chunk.Length - 1)
            {
                chunk.Append("\n"u8);
                lastNewline = chunk.Length - 1;
            }

            chunk.Content = ChunkContent.Lines;
            end = lastNewline + 1;
            _nextLineNumber += chunk.Text[..end].Count((byte)'\n');
        }

        _carried.Write(chunk.Text[end..]);
        chunk.Length = end;
    }
}
