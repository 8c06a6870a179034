using System.Buffers.Binary;
using System.IO.Hashing;

namespace CloudTrailAggregation.Source;

/// <summary>The header of a gzip member: RFC 1952, section 2.3.</summary>
internal static class GzipHeader
{
    private const int FixedBytes = 10;
    private const int Deflate = 8;
    private const byte HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;

    /// <summary>A header has no longer name, comment and extra field than this, in bytes.</summary>
    private const int MaxBytes = 1 << 18;

    public enum Result { Whole, Incomplete, Invalid }

    /// <summary>The first two bytes; no text begins with the first of them, a control character.</summary>
    public static ReadOnlySpan<byte> Start => [0x1F, 0x8B];

    public static bool IsNext(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Start);

    public static Result Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = FixedBytes;
        if (bytes.Length < FixedBytes)
        {
            return Result.Incomplete;
        }

        byte flags = bytes[3];
        if (!IsNext(bytes) || bytes[2] != Deflate || (flags & Reserved) != 0)
        {
            return Result.Invalid;
        }

        bool whole = ((flags & Extra) == 0 || SkipExtra(bytes, ref length))
            && ((flags & Name) == 0 || SkipText(bytes, ref length))
            && ((flags & Comment) == 0 || SkipText(bytes, ref length));
        if (whole && (flags & HeaderCrc) != 0)
        {
            whole = bytes.Length >= length + sizeof(ushort);
            if (whole && BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]) != (ushort)Crc32.HashToUInt32(bytes[..length]))
            {
                return Result.Invalid;
            }

            length += sizeof(ushort);
        }

        return whole ? Result.Whole : bytes.Length > MaxBytes ? Result.Invalid : Result.Incomplete;
    }

    private static bool SkipExtra(ReadOnlySpan<byte> bytes, ref int length)
    {
        if (bytes.Length < length + sizeof(ushort))
        {
            return false;
        }

        length += sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]);
        return bytes.Length >= length;
    }

    private static bool SkipText(ReadOnlySpan<byte> bytes, ref int length)
    {
        int zero = bytes[length..].IndexOf((byte)0);
        length += zero + 1;
        return zero >= 0;
    }
}
