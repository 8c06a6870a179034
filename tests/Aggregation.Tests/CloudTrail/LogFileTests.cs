using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

[Trait("Category", TestRun.Vectors)]
public class LogFileTests
{
    private const string Uri = "s3://bucket/2024/02/29/000000.ndjson.gz";

    private static readonly byte[] Lines = Encoding.UTF8.GetBytes(
        $"{EventBuilder.Usual()}\n{EventBuilder.Usual().With("eventID", "\"2\"")}\n");

    /// <summary>A text whose gzip member is shorter than the read-ahead at a member's end.</summary>
    private static readonly byte[] Short = Lines[..300];

    /// <summary>Bytes that do not compress, so that stored blocks occur.</summary>
    private static readonly byte[] Noise = RandomBytes(seed: 7, 200_000);

    [Theory]
    [InlineData(0)]
    [InlineData(GzipMember.TextFlag)]
    [InlineData(GzipMember.Extra)]
    [InlineData(GzipMember.Name)]
    [InlineData(GzipMember.Comment)]
    [InlineData(GzipMember.HeaderCrc)]
    [InlineData(GzipMember.Extra | GzipMember.Name | GzipMember.Comment | GzipMember.HeaderCrc | GzipMember.TextFlag)]
    public async Task A_member_is_read_whatever_its_header_holds_and_however_it_arrives(byte flags)
    {
        byte[] stored = GzipMember.Of(Lines, flags);

        Assert.Equal(Lines, GzipMember.Unzip(stored));
        Assert.Equal(Lines, await ReadAsync(stored));
        Assert.Equal(Lines, await ReadAsync(stored, readSizes: 1));
        Assert.Equal(Lines, await ReadAsync(stored, bufferBytes: 1));
        for (int cut = 1; cut < stored.Length; cut++)
        {
            Assert.Equal(Lines, await ReadAsync(stored, Uri, 4096, cut, int.MaxValue));
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public async Task Large_members_are_read_at_every_level(CompressionLevel level)
    {
        byte[] text = [.. Noise, .. Enumerable.Repeat(Lines, 1500).SelectMany(lines => lines), .. Noise];
        byte[] stored = [.. GzipMember.Of(text, level: level), .. GzipMember.Of(Noise, level: level)];

        foreach (int readSize in (int[])[61, 8191, 8192, 8193, SourceText.BlockSizeBytes])
        {
            AssertSame([.. text, .. Noise], await ReadAsync(stored, Uri, 1 << 16, readSize));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 700)]
    [InlineData(1, 700)]
    [InlineData(30, 700)]
    public async Task Hundreds_of_small_members_are_one_text(int memberBytes, int members)
    {
        byte[][] texts = [.. Enumerable.Range(0, members).Select(number => RandomBytes(number, memberBytes))];
        byte[] stored = [.. texts.SelectMany(text => GzipMember.Of(text))];
        byte[] expected = [.. texts.SelectMany(text => text)];

        Assert.Equal(expected, GzipMember.Unzip(stored));
        foreach (int readSize in (int[])[1, 2, 17, 18, 19, int.MaxValue])
        {
            Assert.Equal(expected, await ReadAsync(stored, Uri, 4096, readSize));
        }
    }

    [Theory]
    [InlineData("0300")]
    [InlineData("010000FFFF")]
    [InlineData("000000FFFF0300")]
    [InlineData("000000FFFF010000FFFF")]
    [InlineData("000000FFFF000000FFFF0300")]
    [InlineData("020C00")]
    public async Task Empty_members_end_where_they_end_in_whichever_way_they_are_empty(string deflated)
    {
        byte[] empty = GzipMember.OfDeflated(Convert.FromHexString(deflated), []);
        byte[] full = GzipMember.Of(Lines);

        Assert.Empty(GzipMember.Unzip(empty));
        Assert.Empty(await ReadAsync(empty));
        Assert.Equal(Lines, await ReadAsync([.. empty, .. full]));
        Assert.Equal(Lines, await ReadAsync([.. full, .. empty, .. empty]));
        byte[] twice = [.. Lines, .. Lines];
        Assert.Equal(twice, await ReadAsync([.. full, .. empty, .. full], readSizes: 1));
        for (int zeros = 1; zeros < 12; zeros++)
        {
            await AssertDamagedAsync([.. empty, .. new byte[zeros]]);
        }

        for (int cut = 1; cut < empty.Length; cut++)
        {
            await AssertDamagedAsync(empty[..cut]);
        }
    }

    [Theory]
    [InlineData("000000.ndjson.gz")]
    [InlineData("000000.json.gz")]
    [InlineData("000000.ndjson")]
    public async Task A_file_cut_at_any_of_its_bytes_fails_with_its_name(string name)
    {
        byte[] stored = GzipMember.Of(Lines, GzipMember.Name | GzipMember.HeaderCrc);

        for (int cut = 1; cut < stored.Length; cut++)
        {
            await AssertDamagedAsync(stored[..cut], $"s3://bucket/2024/02/29/{name}");
        }

        Assert.Equal(Lines, await ReadAsync(stored, $"s3://bucket/2024/02/29/{name}"));
    }

    [Fact]
    public async Task A_file_cut_in_one_byte_reads_fails_as_well()
    {
        byte[] stored = GzipMember.Of(Lines);

        for (int cut = 1; cut < stored.Length; cut++)
        {
            await AssertDamagedAsync(stored[..cut], Uri, readSizes: 1);
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task A_file_of_several_blocks_cut_near_its_end_fails(CompressionLevel level)
    {
        byte[] stored = GzipMember.Of(Noise, level: level);

        for (int cut = stored.Length - 40; cut < stored.Length; cut++)
        {
            await AssertDamagedAsync(stored[..cut]);
        }
    }

    [Fact]
    public async Task Several_members_cut_anywhere_fail_but_between_two_members()
    {
        byte[][] texts = [Lines, [], "{}\n"u8.ToArray(), Lines[..50]];
        byte[] stored = [];
        var wholeAt = new Dictionary<int, byte[]>();
        byte[] expected = [];
        foreach (byte[] text in texts)
        {
            expected = [.. expected, .. text];
            stored = [.. stored, .. GzipMember.Of(text)];
            wholeAt[stored.Length] = expected;
        }

        for (int cut = 1; cut <= stored.Length; cut++)
        {
            if (wholeAt.TryGetValue(cut, out byte[]? whole))
            {
                Assert.Equal(whole, await ReadAsync(stored[..cut]));
            }
            else
            {
                await AssertDamagedAsync(stored[..cut]);
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(GzipMember.Name | GzipMember.Comment | GzipMember.Extra, 1)]
    [InlineData(GzipMember.HeaderCrc | GzipMember.Extra, 1)]
    [InlineData(0, 3)]
    public async Task A_flipped_bit_fails_or_changes_nothing(byte flags, int members)
    {
        byte[] member = GzipMember.Of(Short, flags);
        byte[] stored = [.. Enumerable.Repeat(member, members).SelectMany(bytes => bytes)];
        byte[] text = [.. Enumerable.Repeat(Short, members).SelectMany(bytes => bytes)];
        int unchanged = 0;

        for (int at = 0; at < stored.Length; at++)
        {
            foreach (byte mask in (byte[])[1, 2, 4, 8, 16, 32, 64, 128, 0x55, 0xFF])
            {
                byte[] flipped = [.. stored];
                flipped[at] ^= mask;
                int inMember = at % member.Length;
                if (CarriesNoText(inMember, mask, flags))
                {
                    Assert.Equal(text, await ReadAsync(flipped));
                }
                else if (inMember >= 10 && inMember < member.Length - 8)
                {
                    // A flipped bit may change nothing: in the file's name, or after the last block.
                    unchanged += await FailsOrReadsAsync(flipped, text) ? 0 : 1;
                }
                else
                {
                    Assert.True(
                        await FailsOrReadsAsync(flipped, text),
                        $"Byte {at} of {stored.Length}, flipped by {mask}, goes unnoticed.");
                }
            }
        }

        int nameCommentExtra = flags == 0 || (flags & GzipMember.HeaderCrc) != 0 ? 0 : 39;
        Assert.InRange(unchanged, 0, members * 10 * (nameCommentExtra + 2));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0A")]
    [InlineData("1F")]
    [InlineData("1F8B")]
    [InlineData("1F8B08")]
    [InlineData("1F8B0800000000")]
    [InlineData("1F8B080000000000000003")]
    [InlineData("1F8C0800000000000003")]
    [InlineData("000000000000000000000000")]
    [InlineData("7B7D0A")]
    public async Task Stray_bytes_after_the_last_member_fail(string stray)
    {
        byte[] stored = [.. GzipMember.Of(Lines), .. Convert.FromHexString(stray)];

        await AssertDamagedAsync(stored);
        await AssertDamagedAsync(stored, Uri, readSizes: 1);
        await AssertDamagedAsync([.. stored, .. GzipMember.Of(Lines)]);
    }

    [Fact]
    public async Task Gzip_within_gzip_is_unpacked_twice_at_every_cut()
    {
        byte[][] packed =
            [GzipMember.Of(Lines), [.. GzipMember.Of(Lines), .. GzipMember.Of([]), .. GzipMember.Of(Lines)]];
        foreach (byte[] inner in packed)
        {
            byte[] stored = GzipMember.Of(inner);
            byte[] expected = [.. Enumerable.Repeat(Lines, inner == packed[0] ? 1 : 2).SelectMany(lines => lines)];
            for (int cut = 1; cut < stored.Length; cut++)
            {
                Assert.Equal(expected, await ReadAsync(stored, Uri, 4096, cut, int.MaxValue));
            }

            Assert.Equal(expected, await ReadAsync(stored, Uri, 1, 1));
            Assert.Equal(
                expected,
                await ReadAsync([.. GzipMember.Of(inner.AsSpan(0, 1)), .. GzipMember.Of(inner.AsSpan(1))], Uri, 1, 1));
        }
    }

    [Fact]
    public async Task Text_that_starts_like_gzip_and_is_none_is_read_unchanged()
    {
        byte[] text = [0x1F, .. "u{}\n"u8];

        Assert.Equal(text, await ReadAsync(text, "s3://bucket/a.ndjson"));
        Assert.Equal(text, await ReadAsync(text, "s3://bucket/a.ndjson", 4096, 1));
        Assert.Equal(text, await ReadAsync(GzipMember.Of(text), "s3://bucket/a.ndjson"));
    }

    [Fact]
    public async Task Damage_within_the_inner_gzip_fails()
    {
        byte[] inner = GzipMember.Of(Lines);

        for (int cut = 1; cut < inner.Length; cut++)
        {
            await AssertDamagedAsync(GzipMember.Of(inner.AsSpan(0, cut)));
            await AssertDamagedAsync(GzipMember.Of([.. inner, .. inner.AsSpan(0, cut)]));
        }

        await AssertDamagedAsync(GzipMember.Of([.. inner, 0]));
        await AssertDamagedAsync(GzipMember.Of(inner)[..^1]);
        await AssertDamagedAsync(GzipMember.Of(GzipMember.Of(inner)));
        await AssertDamagedAsync(GzipMember.Of([0x1F]));
    }

    [Fact]
    public async Task Padding_to_a_block_fails()
    {
        foreach (int zeros in (int[])[1, 7, 8, 9, 512, 10_000])
        {
            await AssertDamagedAsync([.. GzipMember.Of(Lines), .. new byte[zeros]]);
            await AssertDamagedAsync([.. GzipMember.Of([]), .. new byte[zeros]]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task Plain_JSON_is_read_as_it_is_whatever_its_name(int readSize)
    {
        byte[][] texts =
        [
            Lines, [0xEF, 0xBB, 0xBF, .. Lines], "{}"u8.ToArray(), "{}\n"u8.ToArray(),
            "\r\n\n  {\t\"a\":1}"u8.ToArray(), "{ }"u8.ToArray(),
            "{\"Records\":[]}"u8.ToArray(), "[]"u8.ToArray(), " [\n{}]"u8.ToArray(),
            [.. Enumerable.Repeat((byte)' ', 4096), .. "[{}]"u8],
        ];

        foreach (byte[] text in texts)
        {
            Assert.Equal(text, await ReadAsync(text, Uri, 4096, readSize));
            Assert.Equal(text, await ReadAsync(text, "s3://bucket/2024/02/29/000000.ndjson", 100, readSize));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("garbage")]
    [InlineData("[x]")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{x}")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("\n\n")]
    public async Task A_file_named_gz_that_holds_neither_gzip_nor_JSON_fails(string text)
    {
        var error = await AssertDamagedAsync(Encoding.Latin1.GetBytes(text));

        Assert.Contains("neither gzip nor JSON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_named_gz_that_begins_with_much_white_space_fails_before_it_fills_the_memory()
    {
        var endless = new ChosenReads([.. Enumerable.Repeat((byte)'\n', 8 << 20), .. "{}"u8], 1 << 16);

        var error = await Assert.ThrowsAsync<DamagedObjectException>(() => ReadAsync(endless, Uri, 4096));

        Assert.Contains("neither gzip nor JSON", error.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1, 1 << 16);
    }

    [Fact]
    public async Task A_file_not_named_gz_may_hold_anything()
    {
        Assert.Equal("garbage"u8.ToArray(), await ReadAsync("garbage"u8.ToArray(), "s3://bucket/a.ndjson"));
        Assert.Empty(await ReadAsync([], "s3://bucket/a.ndjson"));
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(2, 0)]
    [InlineData(3, 0x20)]
    [InlineData(3, 0x80)]
    public async Task A_header_that_RFC_1952_does_not_know_fails(int at, byte value)
    {
        byte[] stored = GzipMember.Of(Lines);
        stored[at] = value;

        await AssertDamagedAsync(stored);
    }

    /// <summary>A header may have 256 KiB; a longer one is not read further.</summary>
    [Theory]
    [InlineData(GzipMember.Name, "")]
    [InlineData(GzipMember.Comment, "")]
    [InlineData(GzipMember.Name | GzipMember.Comment, "name\0")]
    public async Task A_header_without_an_end_fails_before_it_fills_the_memory(byte flags, string name)
    {
        const int HeaderBytes = 1 << 18, ReadBytes = 1 << 16;
        byte[] start = [.. GzipMember.Of([], flags)[..10], .. Encoding.ASCII.GetBytes(name)];
        var endless = new ChosenReads([.. start, .. Enumerable.Repeat((byte)'n', 4 << 20)], ReadBytes);

        var error = await Assert.ThrowsAsync<DamagedObjectException>(() => ReadAsync(endless, Uri, 4096));

        Assert.StartsWith($"{Uri}: it is damaged: a gzip header is not valid", error.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, HeaderBytes, HeaderBytes + ReadBytes);
    }

    [Fact]
    public async Task A_name_of_60_000_bytes_is_passed_over()
    {
        byte[] member = GzipMember.Of(Lines);
        byte[] stored =
        [
            .. member[..3], GzipMember.Name, .. member[4..10], .. Enumerable.Repeat((byte)'n', 60_000), 0,
            .. member[10..],
        ];

        Assert.Equal(Lines, await ReadAsync(stored));
        Assert.Equal(Lines, await ReadAsync(stored, readSizes: 999));
    }

    [Fact]
    public async Task The_source_is_disposed_with_the_file()
    {
        var source = new ChosenReads(GzipMember.Of(Lines), int.MaxValue);
        await using (var file = new SourceText(source, Uri))
        {
            await file.RefillAsync(TestContext.Current.CancellationToken);
            Assert.True(file.TryRead(new byte[10], out _));
        }

        Assert.True(source.Disposed);
    }

    private static bool CarriesNoText(int at, byte mask, byte flags) =>
        (flags & GzipMember.HeaderCrc) == 0 && (at is >= 4 and <= 9 || (at == 3 && mask == GzipMember.TextFlag));

    private static async Task<bool> FailsOrReadsAsync(byte[] stored, byte[] text)
    {
        try
        {
            Assert.Equal(text, await ReadAsync(stored));
            return false;
        }
        catch (AggregationException error)
        {
            Assert.StartsWith(Uri + ": ", error.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static async Task<DamagedObjectException> AssertDamagedAsync(
        byte[] stored, string uri = Uri, int readSizes = int.MaxValue)
    {
        var error = await Assert.ThrowsAsync<DamagedObjectException>(() => ReadAsync(stored, uri, 4096, readSizes));
        Assert.StartsWith(uri + ": ", error.Message, StringComparison.Ordinal);
        return error;
    }

    private static Task<byte[]> ReadAsync(byte[] stored, string uri = Uri, int bufferBytes = 4096) =>
        ReadAsync(stored, uri, bufferBytes, int.MaxValue);

    private static Task<byte[]> ReadAsync(byte[] stored, int readSizes) => ReadAsync(stored, Uri, 4096, readSizes);

    /// <summary>Reads an object from a stream, and from memory if its bytes are to arrive together.</summary>
    private static async Task<byte[]> ReadAsync(byte[] stored, string uri, int bufferBytes, params int[] readSizes)
    {
        var source = new ChosenReads(stored, readSizes);
        if (readSizes is not [int.MaxValue])
        {
            return await ReadAsync(source, uri, bufferBytes);
        }

        var cancellation = TestContext.Current.CancellationToken;
        var fetched = await PooledStream.ReadAsync(new MemoryStream(stored), stored.Length, cancellation);
        var (inMemory, failure) = await TryReadAsync(fetched, uri, bufferBytes);
        var (streamed, expected) = await TryReadAsync(source, uri, bufferBytes);
        Assert.Equal(expected?.Message, failure?.Message);
        Assert.Equal(streamed, inMemory);
        return streamed ?? throw expected!;
    }

    private static async Task<(byte[]? Text, AggregationException? Failure)> TryReadAsync(
        Stream source, string uri, int bufferBytes)
    {
        try
        {
            return (await ReadAsync(source, uri, bufferBytes), null);
        }
        catch (AggregationException failure)
        {
            return (null, failure);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream source, string uri, int bufferBytes)
    {
        await using var file = new SourceText(source, uri);
        using var text = new MemoryStream();
        byte[] buffer = new byte[bufferBytes];
        while (true)
        {
            if (!file.TryRead(buffer, out int read))
            {
                await file.RefillAsync(TestContext.Current.CancellationToken);
            }
            else if (read == 0)
            {
                return text.ToArray();
            }

            text.Write(buffer, 0, read);
        }
    }

    /// <summary>Compares without printing megabytes.</summary>
    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.True(
            expected.AsSpan().SequenceEqual(actual),
            $"{actual.Length} bytes instead of {expected.Length}; "
            + $"the first {expected.AsSpan().CommonPrefixLength(actual)} are equal.");

    private static byte[] RandomBytes(int seed, int bytes)
    {
        byte[] noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
