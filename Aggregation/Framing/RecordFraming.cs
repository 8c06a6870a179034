using System.Buffers;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Json;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Framing;

/// <summary>
/// Framing: where a record ends. Cuts an object's text into chunks of whole lines and whole elements of containers, and
/// finds these; a line may hold several records. The cuts depend on the text alone, not on the sizes in which the bytes
/// arrive, so that a rerun makes the same chunks.
/// </summary>
/// <param name="source">The text; the caller disposes it.</param>
internal sealed class RecordFraming(SourceText source)
{
    /// <summary>The maximum length of an event: 16 MiB.</summary>
    public const int MaxRecordBytes = 16 << 20;

    /// <summary>The maximum length of an event together with byte-order mark, CR and newline.</summary>
    private const int MaxChunkBytes = MaxRecordBytes + 5;

    private readonly ArrayBufferWriter<byte> _carried = new();
    private readonly ContainerFraming _container = new(source.Uri);
    private readonly LineFraming _lines = new();

    /// <summary>How far the element at the start of the chunk was read.</summary>
    private int _resumeAt;

    /// <summary>How many bytes at the start of the chunk are known to be without a newline.</summary>
    private int _searched;
    private bool _inFragments;
    private bool _ended;

    /// <summary>
    /// Fills a chunk with the next whole records, or with a fragment of a record that is longer than the maximum.
    /// </summary>
    /// <returns>False at the end of the text.</returns>
    /// <exception cref="DamagedObjectException">The object cannot be unpacked or framed.</exception>
    /// <exception cref="AggregationException">The object cannot be read.</exception>
    public async ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellation)
    {
        chunk.Clear();
        chunk.Append(_carried.WrittenSpan);
        _carried.ResetWrittenCount();
        int end;
        do
        {
            await FillToCapacityAsync(chunk, cancellation);
            if (chunk.Length == 0 && !_inFragments && !_container.IsOpen)
            {
                return false;
            }
        }
        while (!TryFrame(chunk, out end));

        _carried.Write(chunk.Text[end..]);
        chunk.Length = end;
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

    /// <summary>Finds the records in the chunk, and where to cut it.</summary>
    /// <param name="chunk">The chunk, filled to its capacity or to the end of the text.</param>
    /// <param name="end">The cut: what follows it is carried over to the next chunk.</param>
    /// <returns>False if the chunk was enlarged and needs more text.</returns>
    private bool TryFrame(Chunk chunk, out int end)
    {
        chunk.Terminate();
        chunk.Content = ChunkContent.Records;
        chunk.Position = _container.IsOpen ? _container.Position : new RecordPosition(_lines.LineNumber);
        if (_inFragments)
        {
            end = CutLineFragment(chunk);
            return true;
        }

        int at = _resumeAt;
        bool? isCut;
        do
        {
            isCut = _container.IsOpen ? CutElements(chunk, ref at) : CutLines(chunk, ref at);
        }
        while (isCut is null);

        end = at;
        return isCut.Value;
    }

    /// <summary>Reads on in a container.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="at">Where to start; receives where to continue or to cut.</param>
    /// <returns>Whether the cut was found; false: the chunk was enlarged; null: the container has ended.</returns>
    private bool? CutElements(Chunk chunk, ref int at)
    {
        bool wasInFragments = _container.InFragments;
        at = _container.Read(chunk, at);
        _resumeAt = 0;
        if (wasInFragments && !_container.InFragments)
        {
            chunk.Content = ChunkContent.LastFragment;
            return true;
        }

        if (!_container.IsOpen)
        {
            _lines.EndContainer(_container.Newlines);
            return null;
        }

        if (_ended)
        {
            throw _container.EndsTooEarly();
        }

        return _container.ElementStart is not { } start || CutElement(chunk, start, ref at);
    }

    /// <summary>Cuts before an element that the chunk does not hold to its end, or after a fragment of it.</summary>
    private bool CutElement(Chunk chunk, int start, ref int at)
    {
        if (start > 0)
        {
            (_resumeAt, at) = (at - start, start);
            _container.ElementStart = 0;
            return true;
        }

        if (!_container.InFragments && chunk.Capacity < MaxChunkBytes)
        {
            _resumeAt = at;
            return Grow(chunk);
        }

        chunk.Content = ChunkContent.Fragment;
        chunk.Position = _container.Position;
        _container.AddFragment(at);
        return true;
    }

    /// <summary>Reads on outside of containers.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="at">Where to start; receives where to continue or to cut.</param>
    /// <returns>Whether the cut was found; false: the chunk was enlarged; null: to be called again.</returns>
    private bool? CutLines(Chunk chunk, ref int at)
    {
        var next = _lines.Read(chunk, ref at, _searched);
        _searched = 0;
        switch (next)
        {
            case LineStart.Array or LineStart.Records:
                _container.Open(next == LineStart.Records);
                return null;
            case LineStart.Undecided when _ended && _lines.EndsInContainer:
                throw new DamagedObjectException(source.Uri, "ends within the start of a container");
            case LineStart.Undecided when _ended || (at == 0 && chunk.Capacity >= MaxChunkBytes):
                _lines.InLine = true;
                return null;
            case LineStart.Undecided:
                return at > 0 || Grow(chunk);
            default:
                return at == chunk.Length || CutLine(chunk, ref at);
        }
    }

    /// <summary>Cuts before, after or within a line that the chunk does not hold to its end.</summary>
    private bool CutLine(Chunk chunk, ref int at)
    {
        if (_ended)
        {
            _lines.Add(chunk, at, chunk.Length - at);
            chunk.EndLine();
            at = chunk.Length;
            return true;
        }

        if (at > 0)
        {
            _searched = chunk.Length - at;
            return true;
        }

        at = chunk.Capacity is Chunk.TypicalBytes or >= MaxChunkBytes ? LengthOfObjects(chunk) : 0;
        if (at > 0)
        {
            _lines.Add(chunk, 0, at);
            _lines.InLine = true;
            _searched = chunk.Length - at;
            return true;
        }

        if (chunk.Capacity < MaxChunkBytes)
        {
            _searched = chunk.Length;
            return Grow(chunk);
        }

        at = CutLineFragment(chunk);
        return true;
    }

    private int CutLineFragment(Chunk chunk)
    {
        if (!_inFragments && default(ContainerStart).Find(chunk.Text) == LineStart.Records)
        {
            throw new DamagedObjectException(
                $"{source.Uri}, {chunk.Position}", "has a container after records on the same line");
        }

        int newline = chunk.Text.IndexOf((byte)'\n');
        _inFragments = newline < 0 && !_ended;
        chunk.Content = _inFragments ? ChunkContent.Fragment : ChunkContent.LastFragment;
        if (!_inFragments)
        {
            _lines.EndLongLine();
        }

        return newline >= 0 ? newline + 1 : chunk.Length;
    }

    /// <summary>Doubles the chunk, up to the maximum.</summary>
    /// <returns>False.</returns>
    private static bool Grow(Chunk chunk)
    {
        chunk.Grow(Math.Min(chunk.Capacity * 2, MaxChunkBytes));
        return false;
    }

    /// <summary>The length of the whole JSON objects at the start of a chunk that has no newline.</summary>
    private static unsafe int LengthOfObjects(Chunk chunk)
    {
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
}
