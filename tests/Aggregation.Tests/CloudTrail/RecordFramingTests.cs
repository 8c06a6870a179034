using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

[Trait("Category", TestRun.Vectors)]
public class RecordFramingTests
{
    private const int MiB = 1 << 20;

    /// <summary>A small file with everything that may surround a line.</summary>
    private static readonly byte[] Small = Encoding.UTF8.GetBytes(
        "\uFEFF{\"a\":1}\r\n\n \t\r\n{\"b\":\"é\"}\n\uFEFF{\"c\":3}\r\n\r\n\uFEFF\n"
        + $"{EventBuilder.Usual()}\nnot JSON\r\r\n\r\n\uFEFF\uFEFF{{}}\n{{\"last\":0}}");

    /// <summary>A prime number of letters, so that no two chunks end at the same ones.</summary>
    private static readonly byte[] Letters = Encoding.ASCII.GetBytes(
        new Random(1).GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), 1_000_003));

    [Fact]
    public async Task A_small_file_is_framed_alike_at_every_cut()
    {
        byte[][] texts = [Small, [.. Small, (byte)'\n'], [.. Small, (byte)'\r', (byte)'\n'], [.. Small, (byte)'\r']];
        foreach (byte[] text in texts)
        {
            byte[] stored = GzipMember.Of(text);
            for (int cut = 1; cut < text.Length; cut++)
            {
                AssertFramed(text, await FrameAsync(text, chunks: 1, cut, int.MaxValue));
                AssertFramed(text, await FrameAsync(stored, chunks: 1, Math.Min(cut, stored.Length), int.MaxValue));
            }

            AssertFramed(text, await FrameAsync(text, chunks: 1, 1));
            AssertFramed(text, await FrameAsync(stored, chunks: 1, 1));
        }
    }

    [Fact]
    public async Task Lines_are_numbered_from_1_and_blank_ones_count_but_are_passed_over()
    {
        var framed = await FrameAsync(
            "\uFEFF\r\n{}\r\n\n \t \n\r\n\"\"\n\uFEFF{1}\r"u8.ToArray(), chunks: 1, int.MaxValue);

        Assert.Equal(
            [(2L, "{}\r"), (6L, "\"\""), (7L, "\uFEFF{1}\r")],
            framed.Lines.Select(line => (line.Number, Encoding.UTF8.GetString(line.Text))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\r\n\n")]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF\r\n  \n\t")]
    public async Task A_file_without_anything_but_blank_lines_has_no_lines(string text) =>
        Assert.Empty((await FrameAsync(Encoding.UTF8.GetBytes(text), chunks: 1, 1)).Lines);

    [Fact]
    public async Task Many_empty_lines_are_counted_over_chunk_ends()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'\n', (3 * MiB) + 5), .. "{}"u8];

        var framed = await FrameAsync(text, chunks: 2, int.MaxValue);

        Assert.Equal((3 * MiB) + 6, Assert.Single(framed.Lines).Number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Lines_about_as_long_as_a_chunk_are_whole(string ending)
    {
        int[] lengths = [MiB - 3, MiB - 2, MiB - 1, MiB, MiB + 1, MiB + 2, (2 * MiB) - 1, 2 * MiB, (2 * MiB) + 1];
        foreach (int length in lengths)
        {
            byte[] text = Join(
                "\r\n", ending, Line(10), Line(length), Line(10), Line(length), Line(length), Line(3), Line(length));
            AssertFramed(text, await FrameAsync(text, chunks: 1, int.MaxValue));
        }
    }

    [Theory]
    [InlineData(16 * MiB, "\n")]
    [InlineData(16 * MiB, "\r\n")]
    [InlineData((16 * MiB) - 1, "\r\n")]
    public async Task The_longest_lines_are_whole_with_BOM_and_CR(int length, string ending)
    {
        byte[] text =
            [.. "\uFEFF"u8, .. Join(ending, "", Line(length), Line(5), [.. "\uFEFF"u8, .. Line(length)], Line(length))];

        var framed = await FrameAsync(text, chunks: 1, 999_983);

        AssertFramed(text, framed);
        Assert.DoesNotContain(
            framed.Chunks, chunk => !chunk.StartsWith(nameof(ChunkContent.Records), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", false)]
    [InlineData("\r\n", true)]
    public async Task Longer_lines_come_in_parts_and_do_not_disturb_their_neighbors(string ending, bool finalNewline)
    {
        int[] extras = TestRun.RequiresAll ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, MiB - 1, MiB, MiB + 1] : [1, 5, 6];
        foreach (int extra in extras)
        {
            byte[] longLine = Line(RecordFraming.MaxRecordBytes + extra);
            byte[] text = Join(ending, finalNewline ? ending : "", Line(7), longLine, Line(8), Line(9));
            AssertFramed(text, await FrameAsync(text, chunks: 1, int.MaxValue));
            text = Join(ending, finalNewline ? ending : "", longLine);
            AssertFramed(text, await FrameAsync(text, chunks: 1, int.MaxValue));
        }
    }

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\r\n", "\r")]
    public async Task Very_long_lines_in_a_row_come_in_parts_each_as_one_line(string ending, string final)
    {
        byte[] text = Join(
            ending, final, Line(40 * MiB), Line(17 * MiB), Line(2), Line(20 * MiB), Line(1), Line(MiB), Line(18 * MiB));

        AssertFramed(text, await FrameAsync(text, chunks: 3, 999_983));
    }

    [Fact]
    public async Task A_CR_that_falls_on_any_cut_of_a_long_line_belongs_to_the_newline_after_it()
    {
        // A fragment ends at the largest chunk, and then after each MiB from there.
        foreach (int length in Enumerable.Range((16 * MiB) + 2, 6).Concat(Enumerable.Range((17 * MiB) + 2, 6)))
        {
            byte[] text = Join("\r\n", "\r\n", Line(length), Line(4));
            AssertFramed(text, await FrameAsync(text, chunks: 1, int.MaxValue));
        }
    }

    [Fact]
    public async Task CRs_within_a_long_line_are_its_own()
    {
        byte[] text = Enumerable.Repeat((byte)'\r', 20 * MiB).ToArray();
        text[0] = (byte)'x';

        var framed = await FrameAsync([.. text, .. "\n{}\n"u8], chunks: 1, int.MaxValue);

        AssertSame(text, framed.Lines[0].Text);
        Assert.Equal(2, framed.Lines[1].Number);
    }

    [Fact]
    public async Task Chunks_are_cut_alike_however_the_bytes_arrive_and_whatever_chunks_held_before()
    {
        byte[] text = Join("\n", "\n",
            [
                .. Lines(2000), Line(3 * MiB), .. Lines(4000), Line((3 * MiB) / 2), .. Lines(3000), Line(5 * MiB),
                .. Lines(3000), Line(17 * MiB), .. Lines(5000),
            ]);
        byte[] stored = GzipMember.Of(text, level: System.IO.Compression.CompressionLevel.Fastest);

        var expected = await FrameAsync(text, chunks: 1, int.MaxValue);

        AssertFramed(text, expected);
        Assert.Equal(expected.Chunks, (await FrameAsync(text, chunks: 3, int.MaxValue)).Chunks);
        Assert.Equal(expected.Chunks, (await FrameAsync(text, chunks: 2, 65_537)).Chunks);
        Assert.Equal(expected.Chunks, (await FrameAsync(text, chunks: 1, 1, 2, 3, MiB - 1, 100)).Chunks);
        Assert.Equal(expected.Chunks, (await FrameAsync(stored, chunks: 3, int.MaxValue)).Chunks);
        Assert.Equal(expected.Chunks, (await FrameAsync(stored, chunks: 1, 4099)).Chunks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n{\"next\":1}\n")]
    [InlineData(" not JSON")]
    [InlineData(" not JSON\n{}")]
    public async Task Many_objects_on_one_line_are_cut_between_two_of_them(string rest)
    {
        byte[] objects = [.. "\uFEFF"u8, .. Enumerable.Range(0, 100_000)
            .SelectMany(number => Encoding.ASCII.GetBytes($"{{\"eventID\":\"{number} }}{{\"}} \r"))];
        byte[] text = [.. objects, .. Encoding.ASCII.GetBytes(rest)];

        var framed = await FrameAsync(text, chunks: 2, int.MaxValue);

        AssertFramed(text, framed);
        Assert.All(
            framed.Chunks, chunk => Assert.StartsWith(nameof(ChunkContent.Records), chunk, StringComparison.Ordinal));
        Assert.True(framed.Chunks.Count > 2, "The line is held as a whole.");
        Assert.Equal(framed.Chunks, (await FrameAsync(text, chunks: 1, 65_537)).Chunks);
    }

    [Fact]
    public async Task A_line_of_large_objects_that_is_longer_than_a_chunk_is_cut_between_two_of_them()
    {
        byte[] text = [.. Enumerable.Range(1, 5)
            .SelectMany(number => Encoding.ASCII.GetBytes($"{{\"{new string('x', 5 * MiB)}\":{number}}}"))];

        var framed = await FrameAsync(text, chunks: 1, int.MaxValue);

        AssertFramed(text, framed);
        Assert.All(
            framed.Chunks, chunk => Assert.StartsWith(nameof(ChunkContent.Records), chunk, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"Records\":{\"a\":1}}")]
    [InlineData("{\"Record\":[]}")]
    [InlineData("{\n\"Records\"\n{}")]
    [InlineData("{\"a\":1}[{}]")]
    public async Task What_only_resembles_a_container_is_a_line(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        AssertFramed(bytes, await FrameAsync(bytes, chunks: 1, 1));
    }

    [Fact]
    public async Task A_damaged_object_fails_with_its_name()
    {
        byte[] stored = GzipMember.Of(Small);

        var error = await Assert.ThrowsAsync<DamagedObjectException>(
            () => FrameAsync(stored[..^1], chunks: 1, int.MaxValue));

        Assert.StartsWith("s3://bucket/a.ndjson.gz: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A line whose letters differ from every other line's at every place.</summary>
    private static byte[] Line(int length)
    {
        byte[] line = new byte[length];
        int from = length % 1000;
        for (int at = 0; at < length; from = 0)
        {
            int copied = Math.Min(length - at, Letters.Length - from);
            Letters.AsSpan(from, copied).CopyTo(line.AsSpan(at));
            at += copied;
        }

        return line;
    }

    private static byte[][] Lines(int count) =>
        [.. Enumerable.Range(0, count).Select(number => Line(400 + (number % 301)))];

    private static byte[] Join(string separator, string final, params byte[][] lines)
    {
        using var text = new MemoryStream();
        byte[] between = Encoding.ASCII.GetBytes(separator);
        for (int line = 0; line < lines.Length; line++)
        {
            if (line > 0)
            {
                text.Write(between);
            }

            text.Write(lines[line]);
        }

        text.Write(Encoding.ASCII.GetBytes(final));
        return text.ToArray();
    }

    private static async Task<FramedText> FrameAsync(byte[] stored, int chunks, params int[] readSizes)
    {
        Chunk[] turns = [.. Enumerable.Range(0, chunks).Select(_ => new Chunk())];
        try
        {
            string uri = stored is [0x1F, ..] ? "s3://bucket/a.ndjson.gz" : "s3://bucket/a.ndjson";
            return await FramedText.ReadAsync(new ChosenReads(stored, readSizes), uri, turns);
        }
        finally
        {
            Array.ForEach(turns, chunk => chunk.Dispose());
        }
    }

    private static void AssertFramed(byte[] text, FramedText framed)
    {
        var expected = FramingOracle.Split(text).Lines;
        Assert.Equal(
            expected.Select(line => (line.Number, line.Text.Length)),
            framed.Lines.Select(line => (line.Number, line.Text.Length)));
        foreach (var (line, actual) in expected.Zip(framed.Lines))
        {
            AssertSame(line.Text, actual.Text);
        }
    }

    /// <summary>Compares without printing megabytes.</summary>
    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.True(
            expected.AsSpan().SequenceEqual(actual),
            $"{actual.Length} bytes instead of {expected.Length}; "
            + $"the first {expected.AsSpan().CommonPrefixLength(actual)} are equal.");
}
