using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// Writes gzip (RFC 1952) byte by byte, because GZipStream leaves no choice, and reads it with GZipStream.
/// </summary>
internal static class GzipMember
{
    public const byte TextFlag = 1, HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16;

    /// <summary>One member with the optional header fields that the flags ask for.</summary>
    public static byte[] Of(ReadOnlySpan<byte> text, byte flags = 0, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, level, leaveOpen: true))
        {
            deflate.Write(text);
        }

        return OfDeflated(deflated.Length == 0 ? [0x03, 0x00] : deflated.ToArray(), text, flags);
    }

    /// <summary>One member around deflate data.</summary>
    public static byte[] OfDeflated(ReadOnlySpan<byte> deflated, ReadOnlySpan<byte> text, byte flags = 0)
    {
        List<byte> member = [0x1F, 0x8B, 8, flags, 0x12, 0x34, 0x56, 0x78, 0, 3];
        if ((flags & Extra) != 0)
        {
            member.AddRange([5, 0, (byte)'A', (byte)'p', 1, 0, 0x1F]);
        }

        if ((flags & Name) != 0)
        {
            member.AddRange("000000.ndjson\0"u8);
        }

        if ((flags & Comment) != 0)
        {
            member.AddRange("gathered by stage 1\0"u8);
        }

        if ((flags & HeaderCrc) != 0)
        {
            member.AddRange(LittleEndian(Crc32.HashToUInt32([.. member]))[..2]);
        }

        member.AddRange(deflated);
        member.AddRange(LittleEndian(Crc32.HashToUInt32(text)));
        member.AddRange(LittleEndian((uint)text.Length));
        return [.. member];
    }

    /// <summary>What GZipStream reads; it ignores truncation and stray bytes.</summary>
    public static byte[] Unzip(byte[] stored)
    {
        using var gzip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        using var text = new MemoryStream();
        gzip.CopyTo(text);
        return text.ToArray();
    }

    private static byte[] LittleEndian(uint number)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }
}
