using System.Runtime.InteropServices;

namespace CloudTrailAggregation.CloudTrail;

/// <summary>What a chunk holds.</summary>
public enum ChunkContent
{
    /// <summary>Whole lines, each ended by a newline.</summary>
    Lines,

    /// <summary>The first or a middle part of one line that is longer than the limit.</summary>
    PartOfLongLine,

    /// <summary>The last part of such a line.</summary>
    EndOfLongLine,
}

/// <summary>
/// A piece of an object's text in native memory, so that column values can point into it: they are valid until the
/// chunk is filled again. <see cref="SpareBytes"/> may be read, not used, beyond the text: vector loads need no bound.
/// </summary>
public sealed unsafe class Chunk : IDisposable
{
    /// <summary>A chunk's usual size in bytes: some 400 events, small enough for a core's own cache.</summary>
    public const int UsualBytes = 1 << 19;

    /// <summary>Bytes beyond the text that may be read.</summary>
    public const int SpareBytes = 64;

    /// <summary>Lines up to this length are no reason to allocate and free for every chunk.</summary>
    private const int KeptBytes = 4 << 20;

    private byte* _text;
    private int _allocated;

    public Chunk() => Allocate(UsualBytes);

    /// <summary>Bytes the chunk can hold before it has to grow.</summary>
    public int Capacity { get; private set; } = UsualBytes;

    /// <summary>Bytes it holds.</summary>
    public int Length { get; set; }

    public ChunkContent Content { get; set; }

    /// <summary>The number of its first line in the object, from 1; blank lines count.</summary>
    public long FirstLineNumber { get; set; }

    /// <summary>Unescaped values and composed JSON of this chunk's events; emptied with it.</summary>
    public Arena Arena { get; } = new();

    public ReadOnlySpan<byte> Text => new(_text, Length);

    internal Span<byte> Free => new(_text + Length, Capacity - Length);

    /// <summary>What it holds of a long line, without newline, CR and byte-order mark.</summary>
    /// <param name="isFirst">Whether the line begins here.</param>
    public ReadOnlySpan<byte> LinePart(bool isFirst)
    {
        var part = Text;
        if (Content == ChunkContent.EndOfLongLine)
        {
            part = part.EndsWith("\n"u8) ? part[..^1] : part;
            part = part.EndsWith("\r"u8) ? part[..^1] : part;
        }

        return isFirst && part.StartsWith("\uFEFF"u8) ? part[3..] : part;
    }

    /// <summary>Its lines in order.</summary>
    public LineEnumerator Lines => new(_text, Length, FirstLineNumber);

    /// <summary>Empties it; every pointer into it and its arena ends here.</summary>
    public void Clear()
    {
        if (_allocated > KeptBytes)
        {
            NativeMemory.AlignedFree(_text);
            Allocate(UsualBytes);
        }

        // Where lines are cut must not depend on what this chunk held before: with more threads it is another chunk.
        Capacity = UsualBytes;
        Length = 0;
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
