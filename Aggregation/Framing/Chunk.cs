using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Framing;

/// <summary>The content of a chunk.</summary>
internal enum ChunkContent
{
    /// <summary>Whole records: see <see cref="Chunk.Records"/>.</summary>
    Records,

    /// <summary>A fragment, but not the last one, of a record that is longer than the maximum.</summary>
    Fragment,

    /// <summary>The last fragment of such a record, up to its newline or the end of the element.</summary>
    LastFragment,
}

/// <summary>
/// A range of an object's text in native memory. Records and column values point into it and are valid until the chunk
/// is filled again. Reading <see cref="SpareBytes"/> bytes beyond the text is safe, so that vector loads need no bounds
/// check.
/// </summary>
internal sealed unsafe class Chunk : IDisposable
{
    /// <summary>A chunk's typical size, 512 KiB: about 400 events, small enough for a core's own cache.</summary>
    public const int TypicalBytes = 1 << 19;

    /// <summary>The number of readable bytes beyond the text.</summary>
    public const int SpareBytes = 64;

    /// <summary>
    /// A chunk keeps memory of up to this size, 4 MiB, so that records of this length allocate nothing.
    /// </summary>
    private const int KeptBytes = 4 << 20;

    private byte* _text;
    private int _allocated;

    /// <summary>Makes an empty chunk.</summary>
    public Chunk() => Allocate(TypicalBytes);

    /// <summary>The number of bytes that the chunk can hold before it has to grow.</summary>
    public int Capacity { get; private set; } = TypicalBytes;

    /// <summary>The number of bytes in the chunk.</summary>
    public int Length { get; set; }

    /// <summary>What the bytes are.</summary>
    public ChunkContent Content { get; set; }

    /// <summary>The position of its first line, or of the record that it is a fragment of.</summary>
    public RecordPosition Position { get; set; }

    /// <summary>
    /// What framing found: lines, without blank ones, each of which holds one record or several that follow one
    /// another; and elements of containers, each of which is one record. Empty for a fragment.
    /// </summary>
    public RecordTable Records { get; } = new();

    /// <summary>
    /// The unescaped values and composed JSON of this chunk's events; cleared together with the chunk.
    /// </summary>
    public Arena Arena { get; } = new();

    /// <summary>The bytes; valid until the chunk is filled again.</summary>
    public ReadOnlySpan<byte> Text => new(_text, Length);

    /// <summary>The memory after the text, up to the capacity.</summary>
    public Span<byte> Free => new(_text + Length, Capacity - Length);

    /// <summary>The address of the first byte.</summary>
    public byte* Start => _text;

    /// <summary>A fragment's bytes without the newline.</summary>
    public ReadOnlySpan<byte> FragmentText =>
        Content == ChunkContent.LastFragment && Text.EndsWith("\n"u8) ? Text[..^1] : Text;

    /// <summary>Clears the chunk: every pointer into it and its arena becomes invalid.</summary>
    public void Clear()
    {
        if (_allocated > KeptBytes)
        {
            NativeMemory.AlignedFree(_text);
            Allocate(TypicalBytes);
        }

        // The cuts must not depend on the chunk's earlier content, because another number of threads means other
        // chunks.
        Capacity = TypicalBytes;
        Length = 0;
        Records.Clear();
        Arena.Clear();
    }

    /// <summary>Appends bytes, growing if needed.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Grow(Length + bytes.Length);
        bytes.CopyTo(Free);
        Length += bytes.Length;
    }

    /// <summary>Grows to at least this capacity in bytes. Pointers into the chunk may become invalid.</summary>
    public void Grow(int capacity)
    {
        if (capacity > _allocated)
        {
            byte* old = _text;
            var text = Text;
            Allocate(capacity);
            text.CopyTo(new Span<byte>(_text, capacity));
            NativeMemory.AlignedFree(old);
        }

        Capacity = Math.Max(Capacity, capacity);
    }

    /// <summary>Puts a zero behind the text, which ends every scan because no JSON value contains it.</summary>
    public void Terminate() => _text[Length] = 0;

    /// <summary>Puts a newline behind the text, which ends the scan of a last line that has none.</summary>
    public void EndLine() => _text[Length] = (byte)'\n';

    /// <summary>Frees the memory of the chunk and its arena.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_text);
        _text = null;
        Arena.Dispose();
    }

    private void Allocate(int capacity)
    {
        _text = (byte*)NativeMemory.AlignedAlloc((nuint)(capacity + SpareBytes), SpareBytes);
        new Span<byte>(_text + capacity, SpareBytes).Clear();
        _allocated = capacity;
    }
}
