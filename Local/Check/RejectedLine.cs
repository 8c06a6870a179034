using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Local.Check;

/// <summary>A line that is no event, known by its hash: it may be longer than memory.</summary>
/// <param name="Source">Its object's key, or how a reject file names the object.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">Half of its SHA-256.</param>
internal sealed record RejectedLine(string Source, long Number, long Bytes, UInt128 Hash);

/// <summary>Hashes a line that comes in parts.</summary>
internal sealed class LineHash(string source, long number) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;

    public LineHash Add(ReadOnlySpan<byte> part)
    {
        _hash.AppendData(part);
        _bytes += part.Length;
        return this;
    }

    /// <summary>The line, of which all parts were added.</summary>
    public RejectedLine End() => new(source, number, _bytes, BinaryPrimitives.ReadUInt128LittleEndian(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
