using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Reads gzip strictly and slowly: byte by byte, to find where the deflate data of a gzip member ends.
/// </summary>
internal static class GzipOracle
{
    private const int TrailerBytes = 8;

    /// <summary>Reads a file.</summary>
    /// <param name="stored">Its bytes.</param>
    /// <param name="strict">
    /// Whether a trailer must start where the deflate data ends. If not, bytes may be missing or added between them, as
    /// long as a trailer with the CRC-32 and the length of the text follows, because the text is still complete.
    /// </param>
    /// <returns>The text of all gzip members; null unless the file is complete gzip members and nothing else.</returns>
    public static byte[]? TryRead(byte[] stored, bool strict)
    {
        using var text = new MemoryStream();
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        for (int at = 0; at < stored.Length;)
        {
            int body = EndOfHeader(stored, at);
            if (body < 0 || Inflate(stored, body) is not var (member, end))
            {
                return null;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.HashToUInt32(member));
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)member.Length);
            bool isAtEnd = stored.AsSpan(end).StartsWith(trailer);
            int from = isAtEnd ? end : Math.Max(body + 1, end - TrailerBytes);
            int found = stored.AsSpan(from).IndexOf(trailer);
            if (found < 0 || (strict && !isAtEnd))
            {
                return null;
            }

            text.Write(member);
            at = from + found + TrailerBytes;
        }

        return text.ToArray();
    }

    /// <summary>Finds the end of a header, by RFC 1952, section 2.3.</summary>
    /// <returns>-1 if there is no valid header.</returns>
    private static int EndOfHeader(byte[] stored, int at)
    {
        if (stored.Length - at < 10 || stored[at] != 0x1F || stored[at + 1] != 0x8B
            || stored[at + 2] != 8 || stored[at + 3] >= 0x20)
        {
            return -1;
        }

        int flags = stored[at + 3], end = at + 10;
        if ((flags & 4) != 0)
        {
            end = end + 2 <= stored.Length ? end + 2 + stored[end] + (stored[end + 1] << 8) : stored.Length + 1;
        }

        for (int texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0 && end <= stored.Length; texts--)
        {
            int zero = Array.IndexOf(stored, (byte)0, end);
            end = zero < 0 ? stored.Length + 1 : zero + 1;
        }

        if ((flags & 2) != 0 && end + 2 <= stored.Length)
        {
            int crc = stored[end] | (stored[end + 1] << 8);
            end = crc == (Crc32.HashToUInt32(stored.AsSpan(at, end - at)) & 0xFFFF) ? end + 2 : -1;
        }
        else if ((flags & 2) != 0)
        {
            end = -1;
        }

        return end <= stored.Length ? end : -1;
    }

    private static (byte[] Text, int End)? Inflate(byte[] stored, int start)
    {
        var input = new OneByteReads(stored, start);
        using var deflate = new DeflateStream(input, CompressionMode.Decompress);
        using var text = new MemoryStream();
        try
        {
            // Not CopyTo, because it reads to the end of the file.
            byte[] buffer = new byte[4096];
            for (int read; (read = deflate.Read(buffer)) > 0;)
            {
                text.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return input.Starved ? null : (text.ToArray(), input.At);
    }

    private sealed class OneByteReads(byte[] bytes, int start) : MemoryStream
    {
        public int At { get; private set; } = start;

        /// <summary>Whether more was asked for than there is: the deflate data has no end.</summary>
        public bool Starved { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (At == bytes.Length)
            {
                Starved = true;
                return 0;
            }

            buffer[0] = bytes[At++];
            return 1;
        }
    }
}
