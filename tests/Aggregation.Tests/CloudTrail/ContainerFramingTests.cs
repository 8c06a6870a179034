using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Source;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>Containers of records, in every form and cut everywhere, against System.Text.Json.</summary>
[Trait("Category", TestRun.Vectors)]
public sealed class ContainerFramingTests
{
    private const int MiB = 1 << 20;

    private static readonly string[] Elements =
    [
        "{}", "{\"eventID\":\"a\"}", "{ \"a\" : [ 1 , {\"b\" : null} ] }", "[]", "\"text\"", "-1.5e3", "0", "null",
        "{\"é\":\"漢😀\\n\\u00e9\"}", "[[{}]]",
    ];

    private static readonly string Joined = string.Join(',', Elements);

    private static readonly string JoinedByLines = string.Join(
        ",\n    ", Elements.Select(element => element.Replace(" ", "\n \r\n", StringComparison.Ordinal)));

    private static readonly string Pretty = $"{{\r\n  \"Records\" : [\n    {JoinedByLines}\r\n  ]\n}}\n";

    public static TheoryData<string> Texts() =>
    [
        "[]", "{\"Records\":[]}", "{\"Records\":[]}\n", " [ ] ", "\uFEFF{\"Records\":[]}",
        "\n\n{\n\"Records\"\n:\n[\n]\n}\n", "[]\n[]", "[][]{\"Records\":[]}[]",
        $"[{Joined}]", $"{{\"Records\":[{Joined}]}}", $"{{\"Records\":[{Joined}]}}\n",
        $"\uFEFF \t\r{{ \"Records\" : [ {Joined} ] }} \r\n", Pretty, "\uFEFF" + Pretty,
        $"[\r\n{string.Join("\r\n,\r\n", Elements)}\r\n]\r\n", $"[{Joined}]\n[{Joined}]\n",
        $"[{Joined}]{{\"Records\":[{Joined}]}}", Pretty + Pretty, $"[{Joined}]\uFEFF[{Joined}]",
        $"{{\"eventID\":\"a\"}}\n[{Joined}]\n{{\"eventID\":\"b\"}} {{}}\n{Pretty}not JSON\n"
            + "{\"Records\":[1]}{\"eventID\":\"c\"}\n",
        $"[1] {{\"eventID\":\"c\"}} [2]\n[3]not JSON [4]\n[5]", "{\n{\"Records\":[1]}", "{\n\"Records\"\n[1]\n\n{\n",
        "{\"Records\":{}}\n{\"Records\":1}\n{\"Record\":[1]}\n{\"R\":[]}\n{\"\":[]}\n{}",
        "{\"a\":1}[2]\n", "{ \n \"eventID\":\"a\"}\n[1]", "\uFEFF\n\uFEFF[1]\n\uFEFF\uFEFF[2]\n", "not JSON\n{\n",
        "not JSON\n{\"",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_text_is_framed_alike_at_every_cut_and_in_every_truncation(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int length = 0; length <= bytes.Length; length++)
        {
            byte[] truncated = bytes[..length];
            await AssertFramedAsync(truncated, int.MaxValue);
            await AssertFramedAsync(truncated, 1);
            await AssertFramedAsync(GzipMember.Of(truncated), truncated, int.MaxValue);
        }

        for (int cut = 1; cut < bytes.Length; cut++)
        {
            await AssertFramedAsync(bytes, cut, int.MaxValue);
        }
    }

    [Fact]
    public async Task A_container_that_is_cut_anywhere_is_damaged()
    {
        string[] containers =
            [$"[{Joined}]", $"{{\"Records\":[{Joined}]}}", Pretty.TrimEnd(), "[]", "{\"Records\":[]}", "[\n]"];
        foreach (byte[] text in containers.Select(Encoding.UTF8.GetBytes))
        {
            Assert.False((await FrameAsync(text, 1, int.MaxValue)).IsDamaged);
            for (int length = 1; length < text.Length; length++)
            {
                Assert.True(
                    (await FrameAsync(text[..length], 1, int.MaxValue)).IsDamaged,
                    Encoding.UTF8.GetString(text.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public async Task Any_damage_to_any_byte_is_found_where_System_Text_Json_finds_it()
    {
        byte[] letters = [.. "{}[],:\"\\ \n1a-.R"u8, 0, 0x1F, 0x80, 0xFF];
        byte[] text = Encoding.UTF8.GetBytes($"{{\"eventID\":\"a\"}}\n{{\"Records\":[{Joined}]}}[ {{}},\n1]\n{{}}");
        for (int at = 0; at < text.Length; at++)
        {
            await AssertFramedAsync([.. text.AsSpan(0, at), .. text.AsSpan(at + 1)], int.MaxValue);
            foreach (byte letter in letters)
            {
                await AssertFramedAsync([.. text.AsSpan(0, at), letter, .. text.AsSpan(at + 1)], int.MaxValue);
                await AssertFramedAsync([.. text.AsSpan(0, at), letter, .. text.AsSpan(at)], int.MaxValue);
            }
        }
    }

    [Theory]
    [InlineData("[1,2", "s3://bucket/a.json, record 2: it ends within its container.")]
    [InlineData("[", "s3://bucket/a.json: it ends within its container.")]
    [InlineData("{\"Records\":[{}]", "s3://bucket/a.json, record 1: it ends within its container.")]
    [InlineData("{\"Reco", "s3://bucket/a.json: it ends within the start of a container.")]
    [InlineData(
        "[1,\n {\"a\":tru}]", "s3://bucket/a.json, record 2: it is not valid JSON: a value is missing (byte 6).")]
    [InlineData("[{},]", "s3://bucket/a.json, record 2: it is not valid JSON: a value is missing (byte 1).")]
    [InlineData("[{} {}]", "s3://bucket/a.json, record 1: it is not followed by ',' or ']'.")]
    [InlineData("[{}}", "s3://bucket/a.json, record 1: it is not followed by ',' or ']'.")]
    [InlineData(
        "{\"Records\":[],\"a\":1}",
        "s3://bucket/a.json: it has a container with a member after Records, and nothing tells what that holds.")]
    [InlineData(
        "{\"Records\":[]]", "s3://bucket/a.json: it has a container that does not end with '}' after its records.")]
    public async Task A_damaged_container_is_named_with_place_cause_and_way_out(string text, string message)
    {
        foreach (int size in (int[])[1, int.MaxValue])
        {
            var error = await Assert.ThrowsAsync<DamagedObjectException>(
                () => ReadAsync(Encoding.UTF8.GetBytes(text), chunks: 1, size));

            Assert.Equal(
                $"{message} Copy or gather that object again, then rerun the month; or leave damaged objects out with "
                + "DAMAGED_OBJECTS=skip (--damaged-objects skip).",
                error.Message);
        }
    }

    [Fact]
    public async Task Every_byte_of_an_element_may_be_the_last_of_a_chunk()
    {
        byte[] small = Encoding.UTF8.GetBytes(
            $",[{JoinedByLines}],1.5e-3,\"\\u00e9\",true]{{\"Records\" : [{{}}]}}{{\"eventID\":1}}\n[2]\n{{}}\n");
        for (int cut = 0; cut <= small.Length; cut++)
        {
            string padding = new('x', Chunk.TypicalBytes - 3 - cut);
            byte[] text = [.. Encoding.ASCII.GetBytes($"[\"{padding}\""), .. small];
            await AssertFramedAsync(text, int.MaxValue);
        }
    }

    [Theory]
    [InlineData("", ",", "")]
    [InlineData("\r\n", " ,\r\n\r\n", "\n")]
    public async Task Elements_of_every_length_are_framed_and_cut_alike_however_the_bytes_arrive(
        string before, string between, string after)
    {
        int[] lengths =
        [
            5, 3 * MiB, .. Enumerable.Repeat(1200, 3000), MiB / 2, (MiB / 2) + 1, 5 * MiB,
            .. Enumerable.Repeat(400, 5000), 9 * MiB, 9 * MiB, MiB, .. Enumerable.Range(10, 300),
        ];
        byte[] text = Encoding.ASCII.GetBytes(
            $"{{\"Records\":[{before}{string.Join(between, lengths.Select(Element))}{after}]}}\n{{\"eventID\":1}}\n");

        var expected = await ReadAsync(text, chunks: 1, int.MaxValue);

        AssertSame(FramingOracle.Split(text).Lines, expected.Lines);
        Assert.All(
            expected.Chunks, chunk => Assert.StartsWith(nameof(ChunkContent.Records), chunk, StringComparison.Ordinal));
        Assert.Equal(expected.Chunks, (await ReadAsync(text, chunks: 3, int.MaxValue)).Chunks);
        Assert.Equal(expected.Chunks, (await ReadAsync(text, chunks: 2, 65_537)).Chunks);
        Assert.Equal(expected.Chunks, (await ReadAsync(text, chunks: 1, 1, 2, 3, MiB - 1, 100)).Chunks);
        Assert.Equal(expected.Chunks, (await ReadAsync(GzipMember.Of(text), chunks: 2, 4099)).Chunks);
    }

    [Theory]
    [InlineData(16 * MiB, false)]
    [InlineData((16 * MiB) + 5, false)]
    [InlineData((16 * MiB) + 6, true)]
    [InlineData((16 * MiB) + 7, true)]
    [InlineData(17 * MiB, true)]
    [InlineData(40 * MiB, true)]
    public async Task An_element_longer_than_the_limit_comes_in_fragments_and_does_not_disturb_its_neighbors(
        int length, bool inFragments)
    {
        byte[] text = Encoding.ASCII.GetBytes(
            $"[{{}},{Element(length)},{Element(length)} ,\n{Element(3)}]\n{{}}\n[{Element(length)}]");

        var framed = await ReadAsync(text, chunks: 2, 999_983);

        AssertSame(FramingOracle.Split(text).Lines, framed.Lines);
        Assert.Equal(
            inFragments,
            framed.Chunks.Exists(chunk => chunk.StartsWith(nameof(ChunkContent.Fragment), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("1", "")]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData(" \n", "")]
    [InlineData("\\u00e9", "")]
    public async Task An_element_in_fragments_may_be_cut_within_any_token(string repeated, string closing)
    {
        string many = string.Concat(Enumerable.Repeat(repeated, 17 * MiB / repeated.Length));
        string element = repeated == " \n" ? $"[1,{many}2]"
            : repeated == "\\u00e9" ? $"\"{many}\""
            : closing.Length == 0 ? many
            : many + "1" + string.Concat(Enumerable.Repeat(closing, many.Length / repeated.Length));
        byte[] text = Encoding.ASCII.GetBytes($"[{element},{{\"eventID\":1}}]");

        var framed = await ReadAsync(text, chunks: 1, int.MaxValue);

        AssertSame(FramingOracle.Split(text).Lines, framed.Lines);
        Assert.Contains(
            framed.Chunks, chunk => chunk.StartsWith(nameof(ChunkContent.Fragment), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_in_or_behind_an_element_in_fragments_is_found()
    {
        byte[] element = Encoding.ASCII.GetBytes($"[{{\"a\":\"{new string('x', 17 * MiB)}\",\"b\":tru}}]");
        byte[] cut = Encoding.ASCII.GetBytes($"[{Element(17 * MiB)}");

        var inElement = await Assert.ThrowsAsync<DamagedObjectException>(
            () => ReadAsync(element, chunks: 1, int.MaxValue));
        var behind = await Assert.ThrowsAsync<DamagedObjectException>(() => ReadAsync(cut, chunks: 1, int.MaxValue));

        Assert.StartsWith(
            $"s3://bucket/a.json, record 1: it is not valid JSON: a value is missing (byte {element.Length - 5})",
            inElement.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "s3://bucket/a.json, record 1: it ends within its container", behind.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_after_records_on_a_line_longer_than_the_limit_is_damage()
    {
        byte[] text = Encoding.ASCII.GetBytes($"{{\"eventID\":\"a\"}} {{\"Records\":[{Element(17 * MiB)}]}}");

        var error = await Assert.ThrowsAsync<DamagedObjectException>(() => ReadAsync(text, chunks: 1, int.MaxValue));

        Assert.StartsWith(
            "s3://bucket/a.json, line 1: it has a container after records on the same line.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_of_a_container_may_be_long_and_far_from_the_start_of_a_chunk()
    {
        foreach (int blank in (int[])[0, 10, MiB / 2, 3 * MiB])
        {
            byte[] text = Encoding.ASCII.GetBytes(
                $"{{\"eventID\":1}}\n{new string(' ', (MiB / 2) - 20)}{{{new string('\n', blank)}\"Records\""
                + $"{new string(' ', blank)}:{new string('\r', blank)}[1]}}\n{{}}");

            var framed = await ReadAsync(text, chunks: 1, int.MaxValue);

            AssertSame(FramingOracle.Split(text).Lines, framed.Lines);
            Assert.Equal(
                new[] { (1L, false), (1L, true), (blank + 3L, false) },
                framed.Lines.Select(line => (line.Number, line.InContainer)));
        }
    }

    /// <summary>An element of as many bytes: a number, or an object with a string.</summary>
    private static string Element(int length) =>
        length < 10 ? new string('7', length) : $"{{\"a\":\"{new string((char)('a' + (length % 26)), length - 8)}\"}}";

    private static Task AssertFramedAsync(byte[] text, params int[] sizes) => AssertFramedAsync(text, text, sizes);

    private static async Task AssertFramedAsync(byte[] stored, byte[] text, params int[] sizes)
    {
        var expected = FramingOracle.Split(text);
        var framed = await FrameAsync(stored, chunks: 2, sizes);
        Assert.True(
            expected.IsDamaged == framed.IsDamaged,
            $"{(expected.IsDamaged ? "Not found" : "Found")} to be damaged: {Encoding.UTF8.GetString(text)}");
        if (!expected.IsDamaged)
        {
            AssertSame(expected.Lines, framed.Lines);
        }
    }

    private static void AssertSame(IReadOnlyList<FramedLine> expected, IReadOnlyList<FramedLine> framed)
    {
        Assert.Equal(expected.Select(Describe), framed.Select(Describe));
        Assert.All(
            expected.Zip(framed),
            pair => Assert.True(pair.First.Text.AsSpan().SequenceEqual(pair.Second.Text), Describe(pair.First)));

        static string Describe(FramedLine line) =>
            $"{(line.InContainer ? "record" : "line")} {line.Number}, {line.Text.Length} bytes";
    }

    private static async Task<(bool IsDamaged, List<FramedLine> Lines)> FrameAsync(
        byte[] stored, int chunks, params int[] sizes)
    {
        try
        {
            return (false, (await ReadAsync(stored, chunks, sizes)).Lines);
        }
        catch (DamagedObjectException)
        {
            return (true, []);
        }
    }

    private static async Task<FramedText> ReadAsync(byte[] stored, int chunks, params int[] sizes)
    {
        Chunk[] turns = [.. Enumerable.Range(0, chunks).Select(_ => new Chunk())];
        try
        {
            return await FramedText.ReadAsync(new ChosenReads(stored, sizes), "s3://bucket/a.json", turns);
        }
        finally
        {
            Array.ForEach(turns, chunk => chunk.Dispose());
        }
    }
}
