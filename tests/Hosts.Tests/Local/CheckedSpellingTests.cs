using System.Text.Json;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// The source has an id under its second spelling, and the file does not have it under that name.
/// </summary>
public sealed class CheckedSpellingTests() : CheckTest(new DirectoryMonthStores())
{
    [Theory]
    [InlineData("""{"eventId":"1","eventName":"a"}""", "eventId")]
    [InlineData("""{"eventId":"1","eventName":"a","new":1}""", "eventId")]
    [InlineData("""{"eventID":"1","eventId":"2","eventName":"a"}""", "eventId")]
    [InlineData("""{"eventID":"1","eventId":"2","eventName":"a"}""", "eventID")]
    [InlineData("""{"eventID":"1","eventId":"2","eventName":"a"}""", "eventID eventId")]
    [InlineData("""{"eventID":"1","eventId":"1","eventName":"a"}""", "eventId")]
    [InlineData("""{"eventID":"1","eventId":"1","eventName":"a"}""", "eventID eventId")]
    [InlineData(
        """{"eventName":"a","requestID":"1","requestId":"2","sharedEventID":"3","sharedEventId":"4"}""", "requestId")]
    [InlineData(
        """{"eventName":"a","requestID":"1","requestId":"2","sharedEventID":"3","sharedEventId":"4"}""",
        "sharedEventId")]
    public async Task A_spelling_that_is_dropped_is_missed(string line, string dropped)
    {
        await PutAsync("2024/02/01/000000.ndjson", line);
        await RunAsync();
        await CheckAsync();

        await ChangeAsync(
            rows => rows[0]["other_fields"] = Without((string)rows[0]["other_fields"]!, dropped.Split(' ')));

        string difference = await DiffersAsync();
        Assert.Matches(
            $"row 1 is not the event of .*: member \"?({dropped.Replace(' ', '|')})\"? of the source is not in the "
            + "file",
            difference);
    }

    /// <summary>other_fields without these members, as the tool writes it; NULL if no member is left.</summary>
    private static string? Without(string others, string[] dropped)
    {
        using var json = JsonDocument.Parse(others);
        string[] left = [.. json.RootElement.EnumerateObject().Where(member => !dropped.Contains(member.Name))
            .Select(member => $"\"{member.Name}\": {member.Value.GetRawText()}")];
        Assert.Equal(dropped.Length, json.RootElement.EnumerateObject().Count() - left.Length);
        return left.Length == 0 ? null : $"{{{string.Join(", ", left)}}}";
    }
}
