using System.Buffers;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Pooled buffers for blocks, upload parts and whole objects. All threads share them, because the runtime's
/// shared pool keeps one of each size for every thread that ever returned one: 100 MB after several hundred runs in one
/// process.
/// </summary>
internal static class LargeBuffers
{
    /// <summary>The largest buffer that the pool keeps; the garbage collector takes larger ones.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Buffers that the pool keeps of each size; sizes are powers of two.</summary>
    private const int MaxPerSize = 4;

    /// <summary>The largest small buffer, 32 KiB: that of a typical object of a trail.</summary>
    private const int MaxSmallBytes = 32 << 10;

    /// <summary>Small buffers that the pool keeps of each size: hundreds of small objects are fetched ahead.</summary>
    private const int MaxSmallPerSize = 512;

    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(MaxBytes, MaxPerSize);
    private static readonly ArrayPool<byte> Small = ArrayPool<byte>.Create(MaxSmallBytes, MaxSmallPerSize);

    /// <summary>A buffer of at least <paramref name="minBytes"/>; return it with <see cref="Return"/>.</summary>
    public static byte[] Rent(int minBytes) => (minBytes <= MaxSmallBytes ? Small : Large).Rent(minBytes);

    public static void Return(byte[] buffer) => (buffer.Length <= MaxSmallBytes ? Small : Large).Return(buffer);
}
