using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>The check's own reading of containers, against JsonDocument, at any cut.</summary>
public sealed class ContainerElementsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("""{"Records":[{"a":1},{"b":[2,"]"]}]}""", 2)]
    [InlineData("""[{"a":1},{"b":[2,"]"]}]""", 2)]
    [InlineData("""{"Records":[]}""", 0)]
    [InlineData("[]", 0)]
    [InlineData("\uFEFF\t{ \"Records\" : [ { \"a\" : \"\\\"}\\\\\" } , 1 , null , \"x\\\\\" , [ ] ] }", 5)]
    [InlineData("{\r\n  \"Records\": [\r\n    {\r\n      \"a\": 1\r\n    },\r\n    2\r\n  ]\r\n}\r\n", 2)]
    [InlineData("[\n\"[{\\\"\"\n,\n-1.5e3\n,\ntrue\n]\n", 3)]
    public async Task Elements_are_those_of_JsonDocument(string text, int count)
    {
        foreach (int cut in (int[])[1, 2, 3, 7, int.MaxValue])
        {
            var elements = await ReadAsync(Encoding.UTF8.GetBytes(text), cut);

            Assert.Equal(ElementsOf(text), elements);
            Assert.Equal(count, elements.Count);
        }
    }

    [Fact]
    public void Random_containers_are_read_as_JsonDocument_reads_them() =>
        Gen.Select(EventGen.Value.Array[0, 6], Gen.OneOf("", " ", "\n", "\r\n\t"), Gen.Bool, Gen.Int[1, 50]).Sample(
            (values, white, isObject, cut) =>
            {
                string array = $"[{white}{string.Join($"{white},{white}", values)}{white}]";
                string text = isObject ? $"{{{white}\"Records\"{white}:{white}{array}{white}}}" : array;

                var found = ReadAsync(Encoding.UTF8.GetBytes(text), cut).AsTask().GetAwaiter().GetResult();
                Assert.Equal(ElementsOf(text), found);
            },
            iter: TestRun.Iterations(500),
            threads: 1);

    [Theory]
    [InlineData("{\"Records\":[{\"a\":1}", "record 1: it ends within its container")]
    [InlineData("{\"Records\":[{\"a\":1}]", "record 1: it ends within its container")]
    [InlineData("{\"Records\":[{\"a\":1]}", "record 1: it is not followed by")]
    [InlineData("{\"Records\":[{\"a\":\"1}]}", "record 1: it ends within its container")]
    [InlineData("{\"Records\":[", "it ends within its container")]
    [InlineData("{\"Records\":", "it ends within the start of a container")]
    [InlineData("{\"Rec", "it ends within the start of a container")]
    [InlineData("{ ", "it ends within the start of a container")]
    [InlineData("{\"Records\":[{}],\"x\":1}", "record 1: it has a container that does not end after its records")]
    [InlineData("[{} {}]", "record 1: it is not followed by ',' or ']'")]
    [InlineData("[{\"a\"\n1}]", "record 1: it is not valid JSON")]
    [InlineData("[{\"a\":\"\n\"}]", "record 1: it is not valid JSON")]
    public async Task What_is_no_container_to_its_end_is_damaged(string text, string expected)
    {
        foreach (int cut in (int[])[1, 3, int.MaxValue])
        {
            var damage = await Assert.ThrowsAnyAsync<AggregationException>(
                () => ReadAsync(Encoding.UTF8.GetBytes(text), cut).AsTask());

            Assert.Contains(expected, damage.Message, StringComparison.Ordinal);
            Assert.StartsWith("object", damage.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[,1]")]
    [InlineData("[1,]")]
    [InlineData("[nul]")]
    [InlineData("[{\"a\":1,}]")]
    [InlineData("[:]")]
    public async Task An_element_that_is_not_JSON_is_found_when_it_is_asked_for(string text)
    {
        var (elements, _) = Open(Encoding.UTF8.GetBytes(text), int.MaxValue);
        Assert.True(await elements.OpenAsync(hasLines: false, None));

        var damage = await Assert.ThrowsAnyAsync<AggregationException>(async () =>
        {
            while (await elements.ReadAsync(None))
            {
                elements.CheckIsJson();
            }
        });

        Assert.Contains("it is not valid JSON", damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"eventName\":1}")]
    [InlineData("{\"records\":[]}")]
    [InlineData("{\"Records\":{}}")]
    [InlineData("{\"Records\" [")]
    [InlineData("\n[]")]
    [InlineData("x[]")]
    [InlineData("")]
    [InlineData("   ")]
    public async Task A_line_is_no_container_and_stays_unread(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        foreach (int cut in (int[])[1, int.MaxValue])
        {
            var (elements, buffer) = Open(bytes, cut);

            Assert.False(await elements.OpenAsync(hasLines: false, None));
            while (await buffer.FillAsync(None))
            {
            }

            Assert.Equal(bytes, buffer.Text.ToArray());
        }
    }

    [Fact]
    public async Task An_element_longer_than_the_maximum_comes_in_fragments_of_bounded_length()
    {
        string[] parts = ["{\"a\":1}", $"{{\"b\":\"{new string('x', 40 << 20)}\\\"\",\r\n\"c\":[1]}}", "{\"d\":2}"];
        var (elements, buffer) = Open(Encoding.UTF8.GetBytes($"[{string.Join(',', parts)}]"), int.MaxValue);
        List<(long Number, string Text)> found = [];
        long fragments = 0;

        Assert.True(await elements.OpenAsync(hasLines: false, None));
        while (await elements.ReadAsync(None))
        {
            Assert.InRange(buffer.Text.Length, 0, (16 << 20) + 5);
            fragments++;
            string text = Encoding.UTF8.GetString(elements.Text);
            if (found.Count > 0 && found[^1].Number == elements.Number)
            {
                found[^1] = (elements.Number, found[^1].Text + text);
            }
            else
            {
                found.Add((elements.Number, text));
            }
        }

        Assert.Equal(parts.Select(part => part.ReplaceLineEndings("  ")), found.Select(each => each.Text));
        Assert.InRange(fragments, 5, 6);
    }

    private static (ContainerElements Elements, SourceBuffer Buffer) Open(byte[] text, int cut)
    {
        var buffer = new SourceBuffer(new SourceText(new ChosenReads(text, cut), "object"));
        return (new ContainerElements(buffer, "object"), buffer);
    }

    /// <summary>The elements of a text that is one container, and nothing but white space after it.</summary>
    private static async ValueTask<List<string>> ReadAsync(byte[] text, int cut)
    {
        var (elements, buffer) = Open(text, cut);
        List<string> found = [];
        Assert.True(await elements.OpenAsync(hasLines: false, None));
        while (await elements.ReadAsync(None))
        {
            Assert.True(elements.EndsElement);
            Assert.Equal(found.Count + 1, elements.Number);
            found.Add(Encoding.UTF8.GetString(elements.Text));
        }

        while (await buffer.FillAsync(None))
        {
        }

        Assert.Equal("", Encoding.UTF8.GetString(buffer.Text).Trim());
        Assert.Equal(text.AsSpan().TrimEnd("\r\n"u8).Count((byte)'\n'), elements.Newlines);
        return found;
    }

    private static List<string> ElementsOf(string text)
    {
        using var json = JsonDocument.Parse(text.TrimStart('\uFEFF'), new JsonDocumentOptions { MaxDepth = 1_000 });
        var root = json.RootElement;
        var array = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("Records");
        var elements = array.EnumerateArray().Select(element => element.GetRawText());
        return [.. elements.Select(text => text.Replace('\r', ' ').Replace('\n', ' '))];
    }
}
