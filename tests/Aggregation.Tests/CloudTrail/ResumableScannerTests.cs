using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>Values in pieces: the same outcome wherever the text is cut, which is that of Utf8JsonReader.</summary>
[Trait("Category", TestRun.Vectors)]
public sealed unsafe class ResumableScannerTests : IDisposable
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private readonly Chunk _chunk = new();

    public static TheoryData<string> Values() =>
    [
        "{}", "[]", "{ }", "[ ]", "[[]]", "[{}]", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":[],\"b\":{}}", "[[],[],{}]",
        "\"\"", "\"a\"", "true", "false", "null", "0", "-0", "1", "12", "-12", "0.5", "-0.50", "1e5", "1E+5", "0e-0",
        "10.25e12",
        "{\"a\":\"b\",\"c\":1,\"d\":true,\"e\":false,\"f\":null,\"g\":-1.5e3}",
        "[\"a\",1,true,false,null,{\"a\":1},[2,3]]",
        " \t\r\n{ \"a\"\r\n : \t1 , \"b\" :[ 1 ,\n2 ] }", "{\"\":\"\"}", "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]",
        "{\"a\":{\"a\":{\"a\":{\"a\":[{\"a\":{}}]}}}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\ud800\"",
        "\"a string that is longer than a vector of 256 bits, and é, 漢 and 😀 in it\"",
        "{\"a name that is longer than a vector of 256 bits\\n\":\"\"}", EventBuilder.Usual().ToString(),

        "}", "]", ",", ":", "{]", "[}", "{,}", "[,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]",
        "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{a:1}", "{1:1}",
        "{\"a\":1]", "[1}", "[[1}]", "{\"a\":[}}", "{\"a\":1;}", "tru", "truE", "falsy", "nul", "nulL", "True",
        "[tru,1]", "[truex]",
        "01", "-", "-a", "+1", "[-]", "[01]", "[1.]", "[1.e1]", "[.5]", "[1e]", "[1e+]", "[1e+a]", "[0x1]", "[1-2]",
        "[--1]",
        "\"a\nb\"", "\"a\tb\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u\"", "[\"\\\"]", "{\"a\0\":1}", "[\0]", "[1\0]", "/",
        "[1/**/]", "'a'", "[NaN]", "\u00A0",
    ];

    public void Dispose() => _chunk.Dispose();

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_has_the_same_end_or_error_wherever_it_is_cut(string value)
    {
        // A comma ends a number.
        byte[] text = Encoding.UTF8.GetBytes(value + ",");
        int? expected = LengthOf(text);

        for (int first = 0; first <= text.Length; first++)
        {
            for (int second = first; second <= text.Length; second++)
            {
                Assert.Equal(expected, Follow(text, first, second, text.Length));
            }
        }

        Assert.Equal(expected, Follow(text, [.. Enumerable.Range(0, text.Length + 1)]));
    }

    [Fact]
    public void A_text_that_is_not_UTF8_is_followed_to_the_end_of_its_string()
    {
        byte[] text = [.. "{\"a\":\""u8, 0xE2, (byte)'"', .. ",\"b\":\""u8, 0x80, 0xFF, 0xC0, .. "\"},"u8];

        Assert.Equal(text.Length - 1, Follow(text, text.Length));
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void A_million_levels_are_followed(char open, char close)
    {
        const int Levels = 1_000_000;
        string inner = open == '[' ? "[" : "{\"a\":";
        byte[] text = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat(inner, Levels)) + "1" + new string(close, Levels) + ",");

        Assert.Equal(text.Length - 1, Follow(text, text.Length));
        Assert.Null(
            Follow([.. text.AsSpan(0, text.Length - 2), (byte)(close == ']' ? '}' : ']'), (byte)','], text.Length));
    }

    [Fact]
    public void Newlines_between_tokens_become_spaces_and_are_counted()
    {
        var scanner = new ResumableScanner();
        _chunk.Append("{\r\n\"a\\n\"\n:\r[1,\n\n2\t]\n}\n"u8);
        _chunk.Terminate();
        scanner.Start();

        byte* end = scanner.Follow(_chunk.Start, _chunk.Start + _chunk.Length);

        Assert.Equal("{  \"a\\n\" : [1,  2\t] }\n", Encoding.ASCII.GetString(_chunk.Text));
        Assert.Equal((5, _chunk.Length - 1), (scanner.Newlines, end - _chunk.Start));
    }

    /// <summary>The length of the value up to where System.Text.Json ends it; null if it refuses the value.</summary>
    private static int? LengthOf(byte[] text)
    {
        var json = new Utf8JsonReader(text, AnyDepth);
        try
        {
            json.Read();
            json.Skip();
            return (int)json.BytesConsumed;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Follows a text in pieces that end at the cuts.</summary>
    private int? Follow(byte[] text, params int[] cuts)
    {
        var scanner = new ResumableScanner();
        scanner.Start();
        int at = 0;
        foreach (int cut in cuts)
        {
            // The next piece starts in fresh memory, with what was not followed of the last one.
            _chunk.Clear();
            _chunk.Append(text.AsSpan(at, cut - at));
            _chunk.Terminate();
            byte* next = scanner.Follow(_chunk.Start, _chunk.Start + _chunk.Length);
            if (next == null)
            {
                Assert.InRange(scanner.ErrorAt - _chunk.Start, 0, _chunk.Length);
                return null;
            }

            at += (int)(next - _chunk.Start);
            if (scanner.IsComplete)
            {
                return at;
            }

            Assert.InRange(cut - at, 0, 5);
        }

        // The comma is within a string.
        return null;
    }
}
