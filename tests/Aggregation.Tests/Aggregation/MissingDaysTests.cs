using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Which days are missing, by the days that have an object and the time of the run.</summary>
public class MissingDaysTests
{
    [Theory]
    [InlineData("2024-02", "2024-03-01T00:00:00Z", "", 1, 29)]
    [InlineData("2024-02", "2024-03-01T00:00:00Z", "", 10, 29)]
    [InlineData("2024-02", "2024-03-01T00:00:00Z", "2024-02-29", 1, 28)]
    [InlineData("2023-02", "2024-03-01T00:00:00Z", "", 1, 28)]
    [InlineData("2023-12", "2024-01-01T00:00:00Z", "2023-12-31", 1, 30)]
    [InlineData("2024-02", "2024-02-11T00:00:00Z", "", 1, 10)]
    [InlineData("2024-02", "2024-02-11T23:59:59Z", "2024-02-10", 1, 9)]
    [InlineData("2024-02", "2024-02-12T01:30:00+02:00", "2024-02-10", 1, 9)]
    [InlineData("2024-02", "2024-02-11T12:00:00Z", "", 1, 11)]
    [InlineData("2024-02", "2024-02-11T12:00:00Z", "", 11, 11)]
    [InlineData("2024-02", "2024-02-01T12:00:00Z", "", 1, 1)]
    public void A_month_is_whole_from_its_first_object_to_the_last_day_that_has_ended(
        string month, string now, string missing, int first, int last) =>
        Assert.Equal(missing, Text(month, now, [.. Enumerable.Range(first, last - first + 1)]));

    [Theory]
    [InlineData("2024-02-03, 2024-02-05 to 2024-02-28", 1, 2, 4, 29)]
    [InlineData("2024-02-03 to 2024-02-28", 2, 29)]
    [InlineData("2024-02-11 to 2024-02-29", 10)]
    [InlineData("")]
    public void Days_in_a_row_are_drawn_together(string missing, params int[] days) =>
        Assert.Equal(missing, Text("2024-02", "2024-04-15T12:00:00Z", days));

    private static string Text(string month, string now, int[] days)
    {
        Assert.True(Month.TryParse(month, out var parsed));
        return MissingDays.Text(
            MissingDays.Of(parsed, days, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
