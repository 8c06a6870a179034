using CloudTrailAggregation.Commit;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// An event belongs to the month it was delivered in; events with a time outside it are kept and counted.
/// </summary>
public abstract class OutsideMonthTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/29/000000.ndjson";

    [Theory]
    [InlineData("2024-01-31T23:59:59.999Z", true)]
    [InlineData("2024-02-01T00:00:00Z", false)]
    [InlineData("2024-02-01T00:00:00.000Z", false)]
    [InlineData("2024-02-29T23:59:59.999Z", false)]
    [InlineData("2024-02-29T23:59:59.9999999Z", false)]
    [InlineData("2024-03-01T00:00:00Z", true)]
    [InlineData("2024-03-01T00:00:00+00:01", false)]
    [InlineData("2024-02-29T23:59:59-00:01", true)]
    [InlineData("2024-02-01 00:30:00+0100", true)]
    [InlineData("0001-01-01T00:00:00Z", true)]
    [InlineData("9999-12-31T23:59:59.999Z", true)]
    public async Task The_month_begins_and_ends_to_the_millisecond(string time, bool outside)
    {
        await PutAsync(Key, Event("a", time));

        var result = await RunAsync();

        Assert.Equal(outside ? 1 : 0, result.Report.OutsideMonth?.Events ?? 0);
        Assert.Equal(
            DateTimeOffset.Parse(time).UtcTicks / 10_000,
            DateTimeOffset.FromUnixTimeMilliseconds((long)result.Rows[0]["event_time"]!).UtcTicks / 10_000);
    }

    [Fact]
    public async Task Events_of_other_months_are_counted_with_the_earliest_and_latest_time()
    {
        await PutAsync(
            Key, Event("a"), Event("b", "2024-03-01T00:00:01.5Z"), Event("c", "2024-01-31T23:50:00Z"),
            Event("d", "no time"));
        await PutAsync(
            "2024/02/01/000000.ndjson", Event("e", "2023-12-31T00:00:00Z"), Event("e", "2023-12-31T00:00:00Z"));

        var result = await RunAsync();

        Assert.Equal(3, result.Report.OutsideMonth!.Events);
        Assert.Equal(new DateTimeOffset(2023, 12, 31, 0, 0, 0, TimeSpan.Zero), result.Report.OutsideMonth.Earliest);
        Assert.Equal(new DateTimeOffset(2024, 3, 1, 0, 0, 1, 500, TimeSpan.Zero), result.Report.OutsideMonth.Latest);
    }

    [Fact]
    public async Task Events_without_a_readable_time_are_kept_and_counted()
    {
        string[] lines =
        [
            """{"eventID":null}""", """{"eventTime":null}""", """{"eventTime":"yesterday"}""",
            """{"eventTime":1707566400}""", """{"eventTime":"2024-02-30T00:00:00Z"}""", Event("a"),
        ];
        await PutAsync(Key, lines);

        var result = await RunAsync();

        Assert.Equal(lines.Length, result.Rows.Count);
        Assert.Equal(5, result.Report.EventsWithoutTime);
        Assert.Null(result.Report.OutsideMonth);
        Assert.Equal(
            [
                null, null, """{"eventTime": "yesterday"}""", """{"eventTime": 1707566400}""",
                """{"eventTime": "2024-02-30T00:00:00Z"}""", null,
            ],
            result.Rows.Select(row => row["other_fields"]));
    }
}
