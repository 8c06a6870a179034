using System.Buffers;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Pooled buffers for blocks, upload parts and whole small objects. All threads share a few, because the runtime's
/// shared pool keeps one of each size for every thread that ever returned one: 100 MB after several hundred runs in one
/// process.
/// </summary>
internal static class LargeBuffers
{
    /// <summary>The largest buffer that the pool keeps; the garbage collector takes larger ones.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Buffers that the pool keeps of each size; sizes are powers of two.</summary>
    private const int MaxPerSize = 4;

    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(MaxBytes, MaxPerSize);

    /// <summary>A buffer of at least <paramref name="minBytes"/>; return it with <see cref="Return"/>.</summary>
    public static byte[] Rent(int minBytes) => Pool.Rent(minBytes);

    public static void Return(byte[] buffer) => Pool.Return(buffer);
}
