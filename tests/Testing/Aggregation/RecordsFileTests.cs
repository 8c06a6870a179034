using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Objects that hold many records in one JSON value, as CloudTrail delivers them.</summary>
public abstract class RecordsFileTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/02/123_CloudTrail_eu-west-1_20240202T0000Z_x.json.gz";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string OneLine = $$"""{"Records":[{{string.Join(',', Events(3))}}]}""";

    public static TheoryData<string, string, int> RecordsFiles() => new()
    {
        { "one line", OneLine, 3 },
        { "with a final newline", OneLine + "\n", 3 },
        { "with a byte-order mark", "\uFEFF" + OneLine, 3 },
        {
            "with white space",
            "\r\n  " + OneLine.Replace("{\"Records\":[", "{ \"Records\" : [ ", StringComparison.Ordinal) + "\r\n", 3
        },
        { "of one record", $$"""{"Records":[{{Event("000000")}}]}""", 1 },
        { "pretty-printed", Pretty(OneLine), 3 },
        {
            "pretty-printed, CRLF, byte-order mark",
            "\uFEFF" + Pretty(OneLine).Replace("\n", "\r\n", StringComparison.Ordinal), 3
        },
        { "one record a line", $"{{\"Records\":[\n{string.Join(",\n", Events(3))}\n]}}\n", 3 },
        { "one record a line, brackets apart", $"{{\"Records\":\n[\n{string.Join(",\n", Events(3))}\n]\n}}", 3 },
        { "one record a line, commas first", $"{{\n\"Records\"\n:\n[\n{string.Join("\n,", Events(3))}\n]\n}}", 3 },
        { "an array", $"[{string.Join(',', Events(3))}]", 3 },
        { "a pretty-printed array", $"\n[\n{string.Join(",\n", Events(3))}\n]\n", 3 },
        {
            "several on one line",
            $"{{\"Records\":[{Event("000000")}]}}{{\"Records\":[]}}[{Event("000001")},{Event("000002")}]", 3
        },
        {
            "several, and lines",
            $"{{\"Records\":[{Event("000000")}]}}\n{Event("000001")}\n{Pretty($"[{Event("000002")}]")}\n"
                + Event("000003") + Event("000004"), 5
        },
        { "of the largest records", $$"""{"Records":[{{string.Join(',', LargeEvents(2000))}}]}""", 2000 },
    };

    [Theory]
    [MemberData(nameof(RecordsFiles))]
    public async Task A_file_as_CloudTrail_delivers_it_is_read(string form, string text, int events)
    {
        await PutTextAsync(Key, text);
        await PutTextAsync("2024/02/03/copy.json", text);

        var result = await RunAsync(new RunOptions { Threads = 2 });

        var report = result.Report;
        Assert.True((2 * events, events, events) == (report.Lines, report.Events, report.Duplicates), form);
        Assert.Equal(Enumerable.Range(0, events).Select(id => id.ToString("D6")), Ids(result.Rows));
        Assert.Equal(0, result.Report.ObjectsWithoutEvents.Count);
    }

    [Theory]
    [InlineData("""{"Records":[]}""")]
    [InlineData("{\n  \"Records\": [\n  ]\n}\n")]
    [InlineData("[]")]
    public async Task An_empty_container_counts_nothing(string text)
    {
        await PutTextAsync(Key, text);

        Assert.Equal(0, (await RunAsync()).Report.Lines);

        await PutAsync("2024/02/01/000000.ndjson.gz", Events(500));

        var report = (await RunAsync()).Report;
        Assert.Equal((500, 0), (report.Lines, report.ObjectsWithoutEvents.Count));
    }

    [Fact]
    public async Task An_element_that_is_no_event_is_a_reject_with_its_number_among_the_elements()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 256)) + string.Concat(Enumerable.Repeat("]", 256));
        byte[] text =
        [
            .. Encoding.UTF8.GetBytes($"[{Event("a")},\r\n1 , {{}},\n[{Event("b")}], {{\"eventID\":{deep}}}]\n"),
            .. "bad line\n{\"Records\":[null, { \"userAgent\":\r\n\"caf"u8,
            0xE9, .. Encoding.UTF8.GetBytes($"\" }},{Event("c")}]}}\n"),
        ];
        await PutTextAsync(Key, text);

        var result = await RunAsync();

        Assert.Equal(["a", "c"], Ids(result.Rows));
        Assert.Equal(
            [
                (true, 2, "1", "is not a JSON object"),
                (true, 3, "{}", "is not a CloudTrail event"),
                (true, 4, $"[{Event("b")}]", "is not a JSON object"),
                (true, 5, $"{{\"eventID\":{deep}}}", "is nested deeper than 256 levels (byte 267)"),
                (false, 4, "bad line", "is not a JSON object"),
                (true, 6, "null", "is not a JSON object"),
                (true, 7, "{ \"userAgent\":  \"cafi\" }", "is not valid UTF-8 (byte 21)"),
            ],
            result.Rejects.Select(reject => (
                reject.InContainer,
                reject.Line,
                Encoding.Latin1.GetString(reject.Bytes).Replace('é', 'i'),
                reject.Error.Split(':')[0])));
    }

    [Theory]
    [InlineData("""{"eventID":"b","Records":[]}""")]
    [InlineData("""{"Records":{"eventID":"x"},"eventID":"b"}""")]
    [InlineData("""{"eventID":"b","Records":[1,"{"]}""")]
    [InlineData("""{"records":[],"eventID":"b"}""")]
    public async Task An_event_with_a_Records_member_of_its_own_is_an_event(string line)
    {
        await PutAsync(Key, line);

        var result = await RunAsync();

        Assert.Equal(1, result.Report.Events);
        Assert.Contains("ecords", (string)result.Rows[0]["other_fields"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"x\":1,\"Records\":[{\"eventID\":\"a\"}]}", "line 1: it holds many records in a member Records")]
    [InlineData(
        "{\"eventID\":\"b\",\"Records\" : [ {\"eventID\":\"a\"}]}",
        "line 1: it holds many records in a member Records")]
    [InlineData(
        "{\"eventID\":\"b\"} {\"Records\":[{\"eventID\":\"a\"}]}", "line 1: it holds many records in a member Records")]
    [InlineData("[{\"Records\":[{\"eventID\":\"a\"}]}]", "record 1: it holds many records in a member Records")]
    [InlineData("{\"Records\":[{\"eventID\":\"a\"}],\"x\":1}", "it has a container with a member after Records")]
    [InlineData("{\"Records\":[{\"eventID\":\"a\"}", "record 1: it ends within its container")]
    [InlineData("{\"Records\":[{\"eventID\":\"a\"},]}", "record 2: it is not valid JSON")]
    public async Task Records_that_cannot_be_told_apart_fail_the_run(string text, string what)
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(500));
        await RunAsync();
        await PutAsync(Key, text);

        var failure = await FailsAsync(new RunOptions { Threads = 1 + (text.Length % 2) });

        Assert.StartsWith(Source.UriOf(Key), failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.Contains("DAMAGED_OBJECTS=skip (--damaged-objects skip)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_before_events_are_rejects_and_no_container()
    {
        await PutAsync(Key, "{", "\"Records\": nothing", Event("a"));

        var result = await RunAsync(new RunOptions { Threads = 2 });

        Assert.Equal(2, result.Report.Rejects);
    }

    private static string Pretty(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Indented);
    }
}
