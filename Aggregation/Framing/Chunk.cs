using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Framing;

/// <summary>What a chunk holds.</summary>
public enum ChunkContent
{
    /// <summary>Whole records: see <see cref="Chunk.Records"/>.</summary>
    Records,

    /// <summary>The first or a middle piece of a record that is longer than the limit.</summary>
    Fragment,

    /// <summary>The last piece of such a record, up to its newline.</summary>
    LastFragment,
}

/// <summary>
/// A piece of an object's text in native memory, so that column values can point into it: they are valid until the
/// chunk is filled again. <see cref="SpareBytes"/> beyond the text may be read, not used: vector loads need no bound.
/// </summary>
public sealed unsafe class Chunk : IDisposable
{
    /// <summary>A chunk's typical size in bytes: about 400 events, small enough for a core's own cache.</summary>
    public const int TypicalBytes = 1 << 19;

    /// <summary>Bytes beyond the text that may be read.</summary>
    public const int SpareBytes = 64;

    /// <summary>A chunk that grew up to this size keeps its memory, so that records of this length allocate nothing.</summary>
    private const int KeptBytes = 4 << 20;

    private byte* _text;
    private int _allocated;

    /// <summary>An empty chunk.</summary>
    public Chunk() => Allocate(TypicalBytes);

    /// <summary>Bytes the chunk can hold before it has to grow.</summary>
    public int Capacity { get; private set; } = TypicalBytes;

    /// <summary>Bytes it holds.</summary>
    public int Length { get; set; }

    /// <summary>What it holds.</summary>
    public ChunkContent Content { get; set; }

    /// <summary>The number of its first line in the object, from 1; blank lines count.</summary>
    public long FirstLineNumber { get; set; }

    /// <summary>
    /// What framing found: a record each, or a line of several records one after the other, with all that surrounds
    /// them up to the newline. None in a fragment.
    /// </summary>
    public RecordTable Records { get; } = new();

    /// <summary>Unescaped values and composed JSON of this chunk's events; emptied with it.</summary>
    public Arena Arena { get; } = new();

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Text => new(_text, Length);

    internal Span<byte> Free => new(_text + Length, Capacity - Length);

    internal byte* Start => _text;

    /// <summary>A fragment's bytes without the newline.</summary>
    public ReadOnlySpan<byte> FragmentText =>
        Content == ChunkContent.LastFragment && Text.EndsWith("\n"u8) ? Text[..^1] : Text;

    /// <summary>Empties it; every pointer into it and its arena ends here.</summary>
    public void Clear()
    {
        if (_allocated > KeptBytes)
        {
            NativeMemory.AlignedFree(_text);
            Allocate(TypicalBytes);
        }

        // Where records are cut must not depend on what this chunk held before: with more threads it is another chunk.
        Capacity = TypicalBytes;
        Length = 0;
        Records.Clear();
        Arena.Clear();
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Grow(Length + bytes.Length);
        bytes.CopyTo(Free);
        Length += bytes.Length;
    }

    internal void Grow(int capacity)
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

    /// <summary>Puts a zero behind the text, which no JSON value can step over.</summary>
    internal void Terminate() => _text[Length] = 0;

    /// <summary>Frees its memory.</summary>
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
