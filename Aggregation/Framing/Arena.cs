using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Framing;

/// <summary>
/// Native memory handed out piece by piece and taken back all at once. What it hands out stays where it is until
/// <see cref="Clear"/>, and may be read <see cref="Chunk.SpareBytes"/> beyond its end.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private const int BlockBytes = 1 << 16;

    /// <summary>Enough for most chunks, so it is kept from one to the next.</summary>
    private byte* _firstBlock = Allocate(BlockBytes);
    private readonly List<nint> _furtherBlocks = [];
    private byte* _free;
    private byte* _end;

    public Arena() => Clear();

    /// <summary>At least <paramref name="bytes"/> to write to; <see cref="Commit"/> keeps what was used of them.</summary>
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

    /// <summary>Takes everything back.</summary>
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

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_firstBlock);
        _firstBlock = _free = _end = null;
    }

    private static byte* Allocate(int bytes) => (byte*)NativeMemory.Alloc((nuint)(bytes + Chunk.SpareBytes));
}
