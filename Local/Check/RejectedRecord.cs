using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Where a record is in its object.</summary>
/// <param name="Number">The number of its line, or of the element among those of all containers, from 1.</param>
/// <param name="InContainer">Whether it is an element of a container.</param>
internal readonly record struct SourcePosition(long Number, bool InContainer)
{
    /// <summary><c>line 7</c> or <c>record 7</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(InContainer ? "record" : "line")} {Number}");
}

/// <summary>A record that is not an event, represented by its hash, because it may be larger than memory.</summary>
/// <param name="Source">The key of the source object, or the object's name in a reject file.</param>
/// <param name="Position">Where it is in the object.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="Hash">The first half of its SHA-256.</param>
internal sealed record RejectedRecord(string Source, SourcePosition Position, long Bytes, UInt128 Hash);

/// <summary>Hashes a record that comes in fragments.</summary>
internal sealed class RecordHash(string source, SourcePosition position) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;

    public RecordHash Add(ReadOnlySpan<byte> fragment)
    {
        _hash.AppendData(fragment);
        _bytes += fragment.Length;
        return this;
    }

    /// <summary>The record, after its last fragment was added.</summary>
    public RejectedRecord End() =>
        new(source, position, _bytes, BinaryPrimitives.ReadUInt128LittleEndian(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
