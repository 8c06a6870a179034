using System.Buffers;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Json;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Framing;

/// <summary>
/// Framing: where a record ends. Cuts an object's text into chunks of whole lines and finds the lines; a line may hold
/// several records. The cuts depend on the text alone, not on the sizes in which the bytes arrive, so that a rerun
/// makes the same chunks.
/// </summary>
/// <param name="source">The text; the caller disposes it.</param>
internal sealed class RecordFraming(SourceText source)
{
    /// <summary>The maximum length of an event: 16 MiB.</summary>
    public const int MaxRecordBytes = 16 << 20;

    /// <summary>The maximum length of an event together with byte-order mark, CR and newline.</summary>
    private const int MaxChunkBytes = MaxRecordBytes + 5;

    private readonly ArrayBufferWriter<byte> _carried = new();
    private ContainerStart _containerStart;
    private long _nextLineNumber = 1;
    private bool _inFragments;
    private bool _inLine;
    private bool _ended;

    /// <summary>
    /// Fills a chunk with the next whole records, or with a fragment of a record that is longer than the maximum.
    /// </summary>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="AggregationException">The object cannot be unpacked or framed.</exception>
    public async ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellation)
    {
        chunk.Clear();
        chunk.Append(_carried.WrittenSpan);
        _carried.ResetWrittenCount();
        int lastNewline = chunk.Text.LastIndexOf((byte)'\n');
        int objects = 0;
        while (true)
        {
            int searched = chunk.Length;
            await FillToCapacityAsync(chunk, cancellation);
            int newline = chunk.Text[searched..].LastIndexOf((byte)'\n');
            lastNewline = newline >= 0 ? searched + newline : lastNewline;
            if (_ended || _inFragments || lastNewline >= 0)
            {
                break;
            }

            objects = chunk.Capacity is Chunk.TypicalBytes or >= MaxChunkBytes ? LengthOfObjects(chunk) : 0;
            if (objects > 0 || chunk.Capacity >= MaxChunkBytes)
            {
                break;
            }

            chunk.Grow(Math.Min(chunk.Capacity * 2, MaxChunkBytes));
        }

        if (chunk.Length == 0 && !_inFragments)
        {
            return false;
        }

        Cut(chunk, lastNewline, objects);
        return true;
    }

    private async ValueTask FillToCapacityAsync(Chunk chunk, CancellationToken cancellation)
    {
        while (!_ended && chunk.Length < chunk.Capacity)
        {
            if (!source.TryRead(chunk.Free, out int read))
            {
                await source.RefillAsync(cancellation);
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

    /// <summary>The length of the whole JSON objects at the start of a chunk that has no newline.</summary>
    private static unsafe int LengthOfObjects(Chunk chunk)
    {
        chunk.Terminate();
        var scanner = default(JsonScanner);
        byte* end = chunk.Start;
        byte* at = chunk.Text.StartsWith("\uFEFF"u8) ? end + 3 : end;
        for (at = JsonScanner.SkipWhite(at); *at == '{'; at = JsonScanner.SkipWhite(end))
        {
            byte* after = scanner.SkipValue(at, depth: 0);
            if (after == null || after - at > MaxRecordBytes)
            {
                break;
            }

            end = after;
        }

        return (int)(end - chunk.Start);
    }

    /// <summary>Decides what the chunk holds and carries the remaining bytes over to the next chunk.</summary>
    private void Cut(Chunk chunk, int lastNewline, int objects)
    {
        chunk.FirstLineNumber = _nextLineNumber;
        int end = objects > 0 ? CutObjects(chunk, objects)
            : _inFragments || (lastNewline < 0 && !_ended) ? CutFragment(chunk)
            : CutLines(chunk, lastNewline);
        _carried.Write(chunk.Text[end..]);
        chunk.Length = end;
    }

    private int CutObjects(Chunk chunk, int length)
    {
        chunk.Content = ChunkContent.Records;
        AddLine(chunk, 0, length, _nextLineNumber);
        _inLine = true;
        return length;
    }

    private int CutFragment(Chunk chunk)
    {
        if (!_inFragments)
        {
            CheckContainer(chunk.Text, _nextLineNumber);
        }

        int newline = chunk.Text.IndexOf((byte)'\n');
        _inFragments = newline < 0 && !_ended;
        _inLine = false;
        chunk.Content = _inFragments ? ChunkContent.Fragment : ChunkContent.LastFragment;
        _nextLineNumber += _inFragments ? 0 : 1;
        return newline >= 0 ? newline + 1 : chunk.Length;
    }

    private int CutLines(Chunk chunk, int lastNewline)
    {
        if (_ended && lastNewline < chunk.Length - 1)
        {
            chunk.Append("\n"u8);
            lastNewline = chunk.Length - 1;
        }

        chunk.Content = ChunkContent.Records;
        int length;
        for (int start = 0; start <= lastNewline; start += length + 1)
        {
            length = chunk.Text[start..].IndexOf((byte)'\n');
            AddLine(chunk, start, length, _nextLineNumber++);
            _inLine = false;
        }

        return lastNewline + 1;
    }

    private unsafe void AddLine(Chunk chunk, int start, int length, long number)
    {
        var line = chunk.Text.Slice(start, length);
        if (!IsBlank(line))
        {
            CheckContainer(line, number);
            chunk.Records.Add(new Record { Start = chunk.Start + start, Length = length, LineNumber = number });
        }
    }

    /// <summary>Refuses containers.</summary>
    /// <exception cref="AggregationException">A container starts on this line.</exception>
    private void CheckContainer(ReadOnlySpan<byte> line, long number)
    {
        if (!_inLine && _containerStart.IsFoundIn(line))
        {
            throw new AggregationException(
                $"{source.Uri}, line {number}: many records in one JSON value "
                + "({\"Records\":[…]} as CloudTrail delivers it, or […]), not one event a line. "
                + "Run stage 1 first, which gathers a day's files into NDJSON, or point the source at its output.");
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line)
    {
        line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return line.IsEmpty || (line[0] <= ' ' && !line.ContainsAnyExcept(" \t\r"u8));
    }
}
