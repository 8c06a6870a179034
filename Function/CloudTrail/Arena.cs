using System.Runtime.InteropServices;

namespace CloudTrailAggregation.CloudTrail;

/// <summary>
/// Native memory handed out piece by piece and taken back all at once. What it hands out stays where it is until
/// <see cref="Clear"/>, and may be read <see cref="Chunk.SpareBytes"/> beyond its end.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private const int BlockBytes = 1 << 16;

    private readonly List<nint> _blocks = [];
    private byte* _free;
    private byte* _end;

    /// <summary>At least <paramref name="bytes"/> to write to; <see cref="Commit"/> keeps what was used of them.</summary>
    public byte* Reserve(int bytes)
    {
        if (_end - _free < bytes)
        {
            int size = Math.Max(bytes, BlockBytes);
            _free = (byte*)NativeMemory.Alloc((nuint)(size + Chunk.SpareBytes));
            _end = _free + size;
            _blocks.Add((nint)_free);
        }

        return _free;
    }

    /// <summary>Keeps the bytes from the last <see cref="Reserve"/> up to <paramref name="end"/>.</summary>
    public void Commit(byte* end) => _free = end;

    /// <summary>Takes everything back.</summary>
    public void Clear()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
        _free = _end = null;
    }

    public void Dispose() => Clear();
}
