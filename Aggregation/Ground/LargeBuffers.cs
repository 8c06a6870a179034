using System.Buffers;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Buffers for blocks, parts and small objects whole. The runtime's shared pool keeps one of each size for every thread that
/// ever gave one back: after some hundred runs in one process 100 MB. Here all threads have the same few.
/// </summary>
internal static class LargeBuffers
{
    /// <summary>The largest that is kept; larger ones are left to the garbage collector.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Of each size, which are powers of two.</summary>
    private const int MaxKept = 4;

    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(MaxBytes, MaxKept);

    /// <summary>At least so many bytes; give them back with <see cref="Return"/>.</summary>
    public static byte[] Rent(int bytes) => Pool.Rent(bytes);

    public static void Return(byte[] buffer) => Pool.Return(buffer);
}
