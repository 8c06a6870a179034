using System.Text;
using System.Text.Unicode;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// A line is an event exactly if it is one JSON object for JsonDocument, at most 256 levels deep, and valid UTF-8,
/// which JsonDocument does not check in strings.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class JsonValidityTests : IDisposable
{
    private readonly RowReader _reader = new();

    public static TheoryData<string> Values => new(
        "0", "-0", "-", "+1", "01", "-01", "00", "1.", ".5", "1.5", "-1.5", "1..5", "1.5.5", "1e", "1e+", "1e-", "1E5",
        "1e+05", "1e5.5", "1ee5", "0e0", "0x10", "1_000", "--1", "1-", "NaN", "Infinity", "-Infinity", "1 2", "1,",
        ",1", "true", "True", "tru", "truee", "true1", "t", "f", "n", "nul", "null", "nullnull", "undefined", "\"\"",
        "\"", "\"a", "a\"", "'a'", "\"a\"\"b\"", "\"a\" \"b\"", "\"\\\"", "\"\\\\\"", "\"\\x\"", "\"\\u\"", "\"\\u12\"",
        "\"\\u12g4\"", "\"\\u123\"", "\"\\U0041\"", "\"\\'\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
        "\"\t\"", "\"\r\"", "\"\0\"", "\"\u001f\"", "\"\u007f\"", "\"\u0080\"", "\"\uFEFF\"", "\uFEFF1", "\u00a01",
        "\f1", "\v1", "\0", "{}", "{", "}", "{]", "[}", "[]", "[", "]", "[1,]", "[,1]", "[,]", "[1 2]", "[1,2]", "[[]]",
        "[[]", "[]]", "[1]2", "[1],[2]", "[\"a\":1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}",
        "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":1}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\"=1}", "{\"a\"::1}",
        "{\"a\":1:1}", "{\"\":0}",
        "/**/1", "1//", "1/**/", "#", "[1,//\r2]", "{\"a\":{\"b\":[{\"c\":null},[],{}]}}", " 1 ", "\t1\r", "\\u0031",
        "\\", ":", "", " ");

    public static TheoryData<string> Lines => new(
        "{}", "{ }", " {}", "{} ", "\t\r{\r\t}\r", "{}{}", "{},", "{} {}", "{}x", "{}\0", "{},{}", "[]", "[{}]", "null",
        "1", "\"{}\"", "{", "}", "{{}}", "\"a\":1", "{\"a\":1", "{\"a\":1}}", "{\"a\":1]", "{\"eventID\"",
        "{\"eventID\":", "{\"eventID\":\"", "{\"eventID\" \"a\"}", "{\"eventID\":1,}", "{\"eventID", "{\"",
        "{\"eventID\"x:1}", "{eventID:1}", "{,}", "{\"a\":1,,\"b\":2}", "{}//", "/**/{}", "\uFEFF{}", "x{}", "\0{}",
        "{\"eventI\\u0044\":\"a\"}", "{\"eventI\\u004\":\"a\"}", "{\"eventID\\\":\"a\"}", "{\"eventID\\\\\":\"a\"}",
        "{\"eventTime\":\"2024-02-29T00:00:00Z}", "{\"readOnly\":tru}", "{\"readOnly\":falsee}");

    public void Dispose() => _reader.Dispose();

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void A_value_is_accepted_where_RFC_8259_does(string value)
    {
        string[] arounds =
        [
            "{\"a\":#}", "{\"eventID\":#}", "{\"resources\":#,\"b\":1}", "{\"readOnly\":#}", "{\"eventTime\": # }",
            "{\"a\":[#]}", "{\"a\":{\"b\":#}}", "{\"a\":[0,#,{}]}", "{\"a\":1,#:2}", "{#}",
        ];
        foreach (string around in arounds)
        {
            AssertAgrees(around.Replace("#", value, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Lines), DisableDiscoveryEnumeration = true)]
    public void A_line_is_accepted_where_it_is_one_object(string line) => AssertAgrees(line);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    [InlineData(100_000, false)]
    public void At_most_256_levels_are_accepted(int levels, bool accepted)
    {
        string arrays = $"{{\"a\":{new string('[', levels - 1)}{new string(']', levels - 1)}}}";
        string objects = $"{string.Concat(Enumerable.Repeat("{\"a\":", levels - 1))}{{}}{new string('}', levels - 1)}";
        string manyOfThem = $"{{\"a\":[{string.Join(',', Enumerable.Repeat("[[]]", levels))}]}}";

        Assert.Equal(accepted, AssertAgrees(arrays));
        Assert.Equal(accepted, AssertAgrees(objects));
        Assert.True(AssertAgrees(manyOfThem));
    }

    [Fact]
    public void Every_byte_in_every_place_is_accepted_where_RFC_8259_does()
    {
        string[] places =
        [
            "{\"a\":\"#\"}", "{\"a\":\"\\#\"}", "{\"a\":\"\\u#000\"}", "{\"a\":\"\\u000#\"}", "{\"a\":#}", "{\"a\":1#}",
            "{\"a\":0#}", "{\"a\":-#}", "{\"a\":1e#1}", "{#\"a\":1}", "{\"a\"#:1}", "{\"a\":1}#", "#{}", "{\"a\":tru#}",
            "{\"a#\":[]}",
        ];
        foreach (string place in places)
        {
            for (int value = 0; value < 256; value++)
            {
                if (value != '\n')
                {
                    AssertAgrees([.. Encoding.ASCII.GetBytes(place)
                        .SelectMany(letter => letter == '#' ? [(byte)value] : new[] { letter })]);
                }
            }
        }
    }

    [Fact]
    public void Strings_are_valid_where_their_UTF8_is()
    {
        byte[] edges = [0x00, 0x22, 0x5C, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xF4, 0xFF];
        for (int first = 0x80; first < 256; first++)
        {
            AssertUtf8([(byte)first]);
            for (int second = 0x80; second < 256; second++)
            {
                AssertUtf8([(byte)first, (byte)second]);
            }

            foreach (byte second in edges)
            {
                foreach (byte third in edges)
                {
                    AssertUtf8([(byte)first, second, third]);
                    if (first >= 0xE0)
                    {
                        Array.ForEach(edges, fourth => AssertUtf8([(byte)first, second, third, fourth]));
                    }
                }
            }
        }
    }

    [Fact]
    public void Whatever_ends_or_breaks_a_string_is_found_at_every_place()
    {
        string[] specials =
            ["\\\"", "\\\\", "\\u00e9", "\\uD83D\\uDE00", "é", "😀", "\u0001", "\"", "\\", "\uD7FF", "\t", " "];
        for (int length = 0; length < 70; length++)
        {
            foreach (string special in specials)
            {
                string text = $"{new string('x', length)}{special}{new string('y', 69 - length)}";
                AssertAgrees($"{{\"{text}\":[\"{text}\"]}}");
                if (AssertAgrees($"{{\"errorMessage\":\"{text}\"}}"))
                {
                    Assert.Equal(
                        RebuiltEvent.Unescape(text), _reader.Read($"{{\"errorMessage\":\"{text}\"}}")["error_message"]);
                }
            }
        }
    }

    [Fact]
    public void An_event_cut_anywhere_is_refused_at_its_end_or_before()
    {
        byte[] line = EventBuilder.Usual().ToBytes();

        for (int cut = 0; cut < line.Length; cut++)
        {
            Assert.False(AssertAgrees(line[..cut]));
        }

        Assert.True(AssertAgrees(line));
    }

    [Fact]
    public void A_mutated_event_is_accepted_where_it_still_is_one()
    {
        byte[] usual = EventBuilder.Usual().With("n", "[-0.5e-7,null,\"\\u00e9\\\\\",{}]").ToBytes();
        byte[] small = "{\"eventID\":\"\\u00e9é\",\"a\":[-1.5e+3,{\"b\":null}],\"readOnly\":true}"u8.ToArray();
        var random = new Random(20240229);
        int accepted = 0, iterations = TestRun.Iterations(20_000);

        for (int iteration = 0; iteration < iterations; iteration++)
        {
            accepted += AssertAgrees(Mutate(iteration % 2 == 0 ? usual : small, random)) ? 1 : 0;
        }

        Assert.InRange(accepted, iterations / 20, iterations - (iterations / 20));
    }

    [Fact]
    public void Generated_events_are_accepted_and_mutated_ones_where_they_still_are_events() =>
        Gen.Select(EventGen.Line, Gen.Int).Sample(
            (line, seed) =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(line);
                Assert.True(AssertAgrees(bytes), line);
                var random = new Random(seed);
                for (int mutation = 0; mutation < 3; mutation++)
                {
                    AssertAgrees(Mutate(bytes, random));
                }
            },
            iter: TestRun.Iterations(1500),
            threads: 1);

    [Theory]
    [InlineData("", "is not a JSON object")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{", "is not valid JSON: a member's name is missing (byte 2)")]
    [InlineData("{\"a\":", "ends too early (byte 6)")]
    [InlineData("{\"a\":\"x", "ends within a string (byte 8)")]
    [InlineData("{\"a\" 1}", "is not valid JSON: ':' is missing after a member's name (byte 6)")]
    [InlineData("{\"a\":1 \"b\":2}", "is not valid JSON: ',' or '}' is missing (byte 8)")]
    [InlineData("{\"a\":[1 2]}", "is not valid JSON: ',' or ']' is missing (byte 9)")]
    [InlineData("{\"a\":tru}", "is not valid JSON: a value is missing (byte 6)")]
    [InlineData("{\"a\":01}", "is not valid JSON: a number starts with 0 (byte 6)")]
    [InlineData("{\"a\":1.}", "is not valid JSON: a number ends with its decimal point (byte 8)")]
    [InlineData("{\"a\":1e}", "is not valid JSON: a number has an empty exponent (byte 8)")]
    [InlineData("{\"a\":\"\\x\"}", "is not valid JSON: an escape is unknown (byte 7)")]
    [InlineData("{\"a\":\"\\u12\"}", "is not valid JSON: an escape \\u lacks its four digits (byte 7)")]
    [InlineData("{\"a\":\"\t\"}", "has a control character in a string (byte 7)")]
    [InlineData("{} x", "is not one JSON object: something follows it (byte 3)")]
    public void An_error_says_what_is_wrong_and_where(string line, string error)
    {
        Assert.False(_reader.Accepts(Encoding.UTF8.GetBytes(line)));
        Assert.Equal(error, _reader.Error);
    }

    [Fact]
    public void Invalid_UTF8_and_too_many_levels_are_named()
    {
        Assert.False(_reader.Accepts([.. "{\"a\":\"é"u8, 0xFF, .. "\"}"u8]));
        Assert.Equal("is not valid UTF-8 (byte 9)", _reader.Error);

        Assert.False(_reader.Accepts(Encoding.ASCII.GetBytes($"{{\"a\":{new string('[', 300)}")));
        Assert.Equal("is nested deeper than 256 levels (byte 261)", _reader.Error);
    }

    private static byte[] Mutate(byte[] line, Random random)
    {
        ReadOnlySpan<byte> inserts = "\"\\{}[]:,0159.-+eEtfnu \t\r/\0\u007fé\u00ff"u8;
        List<byte> bytes = [.. line];
        for (int mutations = random.Next(1, 4); mutations > 0 && bytes.Count > 0; mutations--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, inserts[random.Next(inserts.Length)]);
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    bytes[at] = inserts[random.Next(inserts.Length)];
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
            }
        }

        // A line holds no newline.
        bytes.RemoveAll(letter => letter == '\n');
        return [.. bytes];
    }

    private void AssertUtf8(byte[] text)
    {
        byte[] line = [.. "{\"a\":\""u8, .. text, .. "\"}"u8];
        if (text.AsSpan().IndexOfAny((byte)0, (byte)'"', (byte)'\\') >= 0)
        {
            AssertAgrees(line);
        }
        else if (Utf8.IsValid(text) != _reader.Accepts(line))
        {
            Assert.Fail($"{Convert.ToHexString(text)}: valid UTF-8 is {Utf8.IsValid(text)}, but: {_reader.Error}");
        }
    }

    private bool AssertAgrees(string line) => AssertAgrees(Encoding.UTF8.GetBytes(line));

    /// <returns>Whether the line is accepted.</returns>
    private bool AssertAgrees(byte[] line)
    {
        bool expected = JsonOracle.IsOneObject(line, out string? refusal);
        bool accepted = _reader.Accepts(line);
        if (expected != accepted)
        {
            Assert.Fail(
                $"{(accepted ? $"Accepted, but JsonDocument: {refusal}" : $"Refused, it {_reader.Error}")}: "
                + $"{Encoding.UTF8.GetString(line)} ({Convert.ToHexString(line)})");
        }

        if (!accepted && _reader.Error.LastIndexOf("(byte ", StringComparison.Ordinal) is >= 0 and var at)
        {
            Assert.InRange(int.Parse(_reader.Error.AsSpan(at + 6, _reader.Error.Length - at - 7)), 1, line.Length + 1);
        }

        return accepted;
    }
}
