using System.Text;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// Aggregated events have neither eventTime nor recipientAccountId: timeWindow and accountId fill these columns, and
/// the row still gives back what the source had.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class AggregatedEventTests : IDisposable
{
    private const string Type = "\"eventType\":\"AwsAggregatedEvent\"";
    private const string Window =
        """{"windowStart":"2024-02-10T19:20:00Z","windowEnd":"2024-02-10T19:25:00Z","windowSize":"PT5M"}""";

    /// <summary>2024-02-10T19:20:00Z</summary>
    private const long Start = 1_707_592_800_000;

    private readonly RowReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void An_event_as_documented_fills_its_time_and_account()
    {
        const string summary =
            """{"primaryDimension":{"dimension":"eventName","statistics":[{"name":"PutObject","value":951}],"aggregationType":"Count"},"details":[{"dimension":"resourceARN","statistics":[{"name":"arn:aws:s3:::a","value":700},{"name":"arn:aws:s3:::b","value":251}],"aggregationType":"Count"}]}""";
        string line =
            $$"""{"eventVersion":"1.0","accountId":"111122223333","eventId":"5c3f","eventCategory":"Aggregated",{{Type}},"awsRegion":"eu-west-1","eventSource":"s3.amazonaws.com","timeWindow":{{Window}},"summary":{{summary}}}""";

        var row = _reader.Read(line);

        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["event_id"] = "5c3f",
                ["event_time"] = Start,
                ["event_source"] = "s3.amazonaws.com",
                ["event_version"] = "1.0",
                ["aws_region"] = "eu-west-1",
                ["recipient_account_id"] = "111122223333",
                ["event_type"] = "AwsAggregatedEvent",
                ["event_category"] = "Aggregated",
                ["other_fields"] =
                    $$"""{"accountId": "111122223333", "eventId": "5c3f", "timeWindow": {{Window}}, "summary": {{summary}}}""",
            },
            row.Where(cell => cell.Value is not null).ToDictionary(StringComparer.Ordinal));
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }

    [Theory]
    [InlineData("""{"windowStart":"2024-02-10 19:20:00"}""", Start)]
    [InlineData("""{"windowStart":"2024-02-10T20:20:00.250+01:00"}""", Start + 250)]
    [InlineData("""{ "a" : { "windowStart" : 1 } ,"window\u0053tart"	: "2024-02-10T19:20:00\u005a" } """, Start)]
    [InlineData("""{"windowStart":"?","windowEnd":[],"windowStart":"2024-02-10T19:20:00Z"}""", Start)]
    [InlineData("""{"\uD800":1,"windowStart\uDC00":2,"windowStart":"2024-02-10T19:20:00Z"}""", Start)]
    [InlineData("""{"windowStart":"2024-02-10T19:20:00Z","windowStart":null}""", null)]
    [InlineData("""{"windowStart":null}""", null)]
    [InlineData("""{"windowStart":""}""", null)]
    [InlineData("""{"windowStart":1707592800}""", null)]
    [InlineData("""{"windowStart":{"windowStart":"2024-02-10T19:20:00Z"}}""", null)]
    [InlineData(
        """{"WindowStart":"2024-02-10T19:20:00Z","windowStart ":"2024-02-10T19:20:00Z","windowStar":"2024-02-10T19:20:00Z"}""",
        null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("\"2024-02-10T19:20:00Z\"", null)]
    public void The_time_is_the_start_of_the_window(string window, long? time)
    {
        window = window.Trim();
        AssertRow($"{{{Type},\"timeWindow\":{window}}}", time, null, $"{{\"timeWindow\": {window}}}");
        AssertRow(
            $"{{\"timeWindow\":{window},{Type},\"eventTime\":null}}", time, null, $"{{\"timeWindow\": {window}}}");
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"\\u0031\"", "1")]
    [InlineData("\"\\uD800\"", "\uFFFD")]
    [InlineData("111122223333", "111122223333")]
    [InlineData("[\"\\u0031\"]", "[\"\\u0031\"]")]
    [InlineData("null", null)]
    public void The_account_is_a_text_like_any_other(string accountId, string? account)
    {
        AssertRow($"{{\"accountId\":{accountId},{Type}}}", null, account, $"{{\"accountId\": {accountId}}}");
        AssertRow(
            $"{{\"recipientAccountId\":null,\"accountId\":{accountId},{Type}}}", null, account,
            $"{{\"accountId\": {accountId}}}");
    }

    [Fact]
    public void A_member_of_the_columns_own_name_comes_first_and_stays_beside_its_substitute()
    {
        AssertRow(
            $"{{\"eventTime\":\"2024-02-10T19:20:01Z\",\"timeWindow\":{Window},{Type}}}", Start + 1000, null,
            $"{{\"eventTime\": \"2024-02-10T19:20:01Z\", \"timeWindow\": {Window}}}");
        AssertRow(
            $"{{\"timeWindow\":{Window},{Type},\"eventTime\":\"?\"}}", null, null,
            $"{{\"timeWindow\": {Window}, \"eventTime\": \"?\"}}");
        AssertRow(
            $"{{\"timeWindow\":null,{Type},\"eventTime\":\"2024-02-10T19:20:01Z\"}}", Start + 1000, null,
            "{\"timeWindow\": null, \"eventTime\": \"2024-02-10T19:20:01Z\"}");
        AssertRow(
            $"{{\"accountId\":\"1\",{Type},\"recipientAccountId\":\"2\"}}", null, "2",
            "{\"accountId\": \"1\", \"recipientAccountId\": \"2\"}");
        AssertRow(
            $"{{\"accountId\":\"1\",{Type},\"recipientAccountId\":2}}", null, "2",
            "{\"accountId\": \"1\", \"recipientAccountId\": 2}");
    }

    [Fact]
    public void Of_a_repeated_member_the_last_counts()
    {
        AssertRow(
            $"{{\"accountId\":\"1\",\"account\\u0049d\":\"2\",{Type}}}", null, "2", "{\"account\\u0049d\": \"2\"}");
        AssertRow($"{{\"accountId\":\"1\",{Type},\"accountId\":null}}", null, null, "{\"accountId\": null}");
        AssertRow(
            $"{{\"timeWindow\":{{}},{Type},\"timeWindow\":{Window}}}", Start, null, $"{{\"timeWindow\": {Window}}}");
        AssertRow(
            $"{{{Type},\"accountId\":\"1\",\"recipientAccountId\":\"2\",\"recipientAccountId\":null}}", null, "1",
            "{\"accountId\": \"1\"}");
    }

    [Theory]
    [InlineData("\"eventType\":\"AwsApiCall\"")]
    [InlineData("\"eventType\":\"awsAggregatedEvent\"")]
    [InlineData("\"eventType\":\"AwsAggregatedEvents\"")]
    [InlineData("\"eventType\":[\"AwsAggregatedEvent\"]")]
    [InlineData("\"eventType\":null")]
    [InlineData("\"eventCategory\":\"Aggregated\"")]
    [InlineData("\"eventType\":\"AwsAggregatedEvent\",\"eventType\":null")]
    [InlineData("\"eventType\":\"AwsAggregatedEvent\",\"eventType\":\"AwsApiCall\"")]
    public void Of_an_event_of_another_type_these_members_are_unknown_ones(string type)
    {
        string line = $"{{{type},\"accountId\":\"1\",\"timeWindow\":{Window}}}";

        var row = _reader.Read(line);

        Assert.Null(row["event_time"]);
        Assert.Null(row["recipient_account_id"]);
        Assert.EndsWith(
            $"\"accountId\": \"1\", \"timeWindow\": {Window}}}", (string)row["other_fields"]!,
            StringComparison.Ordinal);
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }

    [Fact]
    public void An_escaped_type_is_the_type()
    {
        var row = _reader.Read("{\"accountId\":\"1\",\"eventType\":\"Aws\\u0041ggregatedEvent\"}");

        Assert.Equal("1", row["recipient_account_id"]);
    }

    private void AssertRow(string line, long? time, string? account, string otherFields)
    {
        var row = _reader.Read(line);

        Assert.Equal(
            (time, account, otherFields), ((long?)row["event_time"], row["recipient_account_id"], row["other_fields"]));
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }
}
