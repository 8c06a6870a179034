using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Local.Check;

/// <summary>A record that is not an event, represented by its hash, because it may be larger than memory.</summary>
/// <param name="Source">The key of the source object, or the object's name in a reject file.</param>
/// <param name="Number">The number of its line in the object, from 1.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="Hash">The first half of its SHA-256.</param>
internal sealed record RejectedLine(string Source, long Number, long Bytes, UInt128 Hash);

/// <summary>Hashes a record that comes in fragments.</summary>
internal sealed class LineHash(string source, long number) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;

    public LineHash Add(ReadOnlySpan<byte> fragment)
    {
        _hash.AppendData(fragment);
        _bytes += fragment.Length;
        return this;
    }

    /// <summary>The record, after its last fragment was added.</summary>
    public RejectedLine End() =>
        new(source, number, _bytes, BinaryPrimitives.ReadUInt128LittleEndian(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
