using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// Columns that an aggregated event fills from timeWindow and accountId, and cells of them that are wrong.
/// </summary>
public sealed class CheckedSubstituteTests() : CheckTest(new DirectoryMonthStores())
{
    private const string Aggregated =
        """{"eventVersion":"1.0","accountId":"1","eventId":"e","eventType":"AwsAggregatedEvent","timeWindow":{"windowEnd":"2024-02-10T19:25:00Z","window\u0053tart":"2024-02-10T19:20:00Z"}}""";
    private const string WithBoth =
        """{"eventVersion":"1.0","eventTime":"2024-02-10T19:20:01Z","recipientAccountId":"2","accountId":"1","eventType":"AwsAggregatedEvent","timeWindow":null}""";
    private const string WithNeither =
        """{"eventVersion":"1.0","eventType":"AwsAggregatedEvent","accountId":null,"timeWindow":{"windowStart":null}}""";
    private const string OfAnotherType =
        """{"eventVersion":"1.0","eventType":"AwsApiCall","accountId":"1","timeWindow":{"windowStart":"2024-02-10T19:20:00Z"}}""";

    [Fact]
    public async Task Events_with_both_one_and_neither_of_the_names_are_proven()
    {
        await PutAsync("2024/02/10/000000.ndjson", Aggregated, WithBoth, WithNeither, OfAnotherType);
        var rows = (await RunAsync()).Rows;

        Assert.Equal(["1", "2", null, null], rows.Select(row => row["recipient_account_id"]));
        Assert.Equal(4, (await CheckAsync()).Counts.Events);
    }

    [Theory]
    [InlineData(
        Aggregated, "event_time", 1_707_593_100_000L, "column event_time: the source has \"2024-02-10T19:20:00Z\"")]
    [InlineData(Aggregated, "event_time", null, "column event_time: the source has \"2024-02-10T19:20:00Z\"")]
    [InlineData(Aggregated, "recipient_account_id", "2", "column recipient_account_id: the source has \"1\"")]
    [InlineData(Aggregated, "recipient_account_id", null, "column recipient_account_id: the source has \"1\"")]
    [InlineData(WithBoth, "recipient_account_id", "1", "column recipient_account_id: the source has \"2\"")]
    [InlineData(
        WithBoth, "other_fields", """{"eventTime": "2024-02-10T19:20:01Z", "accountId": "1", "timeWindow": null}""",
        "member \"recipientAccountId\" of the source is not in the file")]
    [InlineData(
        WithBoth, "other_fields", """{"recipientAccountId": "2", "accountId": "1", "timeWindow": null}""",
        "member \"eventTime\" of the source is not in the file")]
    [InlineData(
        WithNeither, "recipient_account_id", "null", "column recipient_account_id: the source has no such member")]
    [InlineData(WithNeither, "event_time", 0L, "column event_time: the source has no such member")]
    [InlineData(OfAnotherType, "event_time", 1_707_592_800_000L, "column event_time: the source has no such member")]
    [InlineData(
        OfAnotherType, "recipient_account_id", "1", "column recipient_account_id: the source has no such member")]
    public async Task A_cell_that_is_wrong_is_found(string line, string column, object? value, string expected)
    {
        await PutAsync("2024/02/10/000000.ndjson", line);
        await RunAsync();
        await CheckAsync();

        await ChangeAsync(rows => rows[0][column] = value);

        Assert.Contains(expected, await DiffersAsync(), StringComparison.Ordinal);
    }
}
