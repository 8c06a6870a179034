using System.Text.Json;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The run recognizes files as CloudTrail delivers them, and says that stage 1 is missing.</summary>
public abstract class RecordsFileTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/02/123_CloudTrail_eu-west-1_20240202T0000Z_x.json.gz";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string OneLine = $$"""{"Records":[{{string.Join(',', Events(3))}}]}""";

    public static TheoryData<string, string> RecordsFiles() => new()
    {
        { "one line", OneLine },
        { "with a final newline", OneLine + "\n" },
        { "with a byte-order mark", "\uFEFF" + OneLine },
        {
            "with white space",
            "\r\n  " + OneLine.Replace("{\"Records\":[", "{ \"Records\" : [ ", StringComparison.Ordinal) + "\r\n"
        },
        { "of no records", """{"Records":[]}""" },
        { "of one record", $$"""{"Records":[{{Event("a")}}]}""" },
        { "pretty-printed", Pretty(OneLine) },
        {
            "pretty-printed, CRLF, byte-order mark",
            "\uFEFF" + Pretty(OneLine).Replace("\n", "\r\n", StringComparison.Ordinal)
        },
        { "pretty-printed, one record", Pretty($$"""{"Records":[{{Event("a")}}]}""") },
        { "pretty-printed, no records", "{\n  \"Records\": [\n  ]\n}\n" },
        { "one record a line", $"{{\"Records\":[\n{string.Join(",\n", Events(3))}\n]}}\n" },
        { "one record a line, brackets apart", $"{{\"Records\":\n[\n{string.Join(",\n", Events(3))}\n]\n}}" },
        { "one record a line, commas first", $"{{\n\"Records\"\n:\n[\n{string.Join("\n,", Events(3))}\n]\n}}" },
        { "truncated", OneLine[..^3] },
        { "an array", $"[{string.Join(',', Events(3))}]" },
        { "a pretty-printed array", $"\n[\n{string.Join(",\n", Events(3))}\n]\n" },
    };

    [Theory]
    [MemberData(nameof(RecordsFiles))]
    public async Task A_file_as_CloudTrail_delivers_it_fails_the_run(string form, string text)
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(500));
        await RunAsync();
        await PutTextAsync(Key, text);

        var failure = await FailsAsync();

        Assert.True(
            failure.Message.StartsWith(Source.UriOf(Key), StringComparison.Ordinal), $"{form}: {failure.Message}");
        Assert.Contains("stage 1", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"eventID":"b","Records":[]}""")]
    [InlineData("""{"Records":{"eventID":"x"},"eventID":"b"}""")]
    [InlineData("""{"records":[],"eventID":"b"}""")]
    public async Task An_event_with_a_Records_member_of_its_own_is_an_event(string line)
    {
        await PutAsync(Key, line);

        var result = await RunAsync();

        Assert.Equal(1, result.Report.Events);
        Assert.Contains("ecords", (string)result.Rows[0]["other_fields"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_beside_events_fails_the_run_too()
    {
        await PutAsync(Key, Event("b"), OneLine);

        Assert.StartsWith($"{Source.UriOf(Key)}, line 2: ", (await FailsAsync()).Message, StringComparison.Ordinal);
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
