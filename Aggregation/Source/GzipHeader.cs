using System.Buffers.Binary;
using System.IO.Hashing;

namespace CloudTrailAggregation.Source;

/// <summary>Reads the header of a gzip member: RFC 1952, section 2.3.</summary>
internal static class GzipHeader
{
    private const int FixedBytes = 10;
    private const int Deflate = 8;
    private const byte HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;

    /// <summary>The maximum length of a header with extra field, name and comment: 256 KiB.</summary>
    private const int MaxBytes = 1 << 18;

    /// <summary>Whether the bytes start with a header.</summary>
    public enum Result { Whole, Incomplete, Invalid }

    /// <summary>The first two bytes of gzip. The first is a control character, with which no text starts.</summary>
    public static ReadOnlySpan<byte> Start => [0x1F, 0x8B];

    /// <summary>Whether the bytes start with gzip's first two bytes.</summary>
    public static bool StartsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Start);

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">The bytes from the header's start on.</param>
    /// <param name="length">The header's length in bytes, where the result is <see cref="Result.Whole"/>.</param>
    public static Result Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = FixedBytes;
        if (bytes.Length < FixedBytes)
        {
            return Result.Incomplete;
        }

        byte flags = bytes[3];
        if (!StartsGzip(bytes) || bytes[2] != Deflate || (flags & Reserved) != 0)
        {
            return Result.Invalid;
        }

        bool whole = ((flags & Extra) == 0 || SkipExtra(bytes, ref length))
            && ((flags & Name) == 0 || SkipText(bytes, ref length))
            && ((flags & Comment) == 0 || SkipText(bytes, ref length));
        if (whole && (flags & HeaderCrc) != 0)
        {
            whole = bytes.Length >= length + sizeof(ushort);
            if (whole && !HasHeaderCrc(bytes, length))
            {
                return Result.Invalid;
            }

            length += sizeof(ushort);
        }

        return whole ? Result.Whole : bytes.Length > MaxBytes ? Result.Invalid : Result.Incomplete;
    }

    private static bool HasHeaderCrc(ReadOnlySpan<byte> bytes, int length) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]) == (ushort)Crc32.HashToUInt32(bytes[..length]);

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
