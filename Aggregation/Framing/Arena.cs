using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Framing;

/// <summary>
/// Native memory that is reserved piece by piece and released all at once. A piece stays at its address until
/// <see cref="Clear"/>. Reading <see cref="Chunk.SpareBytes"/> bytes beyond its end is safe.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    private const int BlockBytes = 1 << 16;

    /// <summary>
    /// The block that stays allocated from chunk to chunk, because it is large enough for most chunks.
    /// </summary>
    private byte* _firstBlock = Allocate(BlockBytes);
    private readonly List<nint> _furtherBlocks = [];
    private byte* _free;
    private byte* _end;

    /// <summary>Makes an empty arena.</summary>
    public Arena() => Clear();

    /// <summary>
    /// Reserves at least <paramref name="bytes"/> bytes. <see cref="Commit"/> keeps the used ones; without it the next
    /// call returns the same memory.
    /// </summary>
    public byte* Reserve(int bytes)
    {
        if (_end - _free < bytes)
        {
            int size = Math.Max(bytes, BlockBytes);
            _free = Allocate(size);
            _end = _free + size;
            _furtherBlocks.Add((nint)_free);
        }

        return _free;
    }

    /// <summary>Keeps the bytes from the last <see cref="Reserve"/> up to <paramref name="end"/>.</summary>
    public void Commit(byte* end) => _free = end;

    /// <summary>Releases every piece: all pointers into the arena become invalid.</summary>
    public void Clear()
    {
        foreach (nint block in _furtherBlocks)
        {
            NativeMemory.Free((void*)block);
        }

        _furtherBlocks.Clear();
        _free = _firstBlock;
        _end = _firstBlock + BlockBytes;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_firstBlock);
        _firstBlock = _free = _end = null;
    }

    private static byte* Allocate(int bytes) => (byte*)NativeMemory.Alloc((nuint)(bytes + Chunk.SpareBytes));
}
