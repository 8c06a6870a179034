using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

public class MonthTests
{
    [Fact]
    public void A_month_is_read_and_written_as_year_and_month()
    {
        Assert.True(Month.TryParse("2024-02", out var month));
        Assert.Equal(new Month(2024, 2), month);
        Assert.Equal(("2024-02", "2024/02/"), (month.ToString(), month.Prefix));
        Assert.Equal(new DateTimeOffset(2024, 2, 1, 0, 0, 0, TimeSpan.Zero), month.Start);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData("2024-2")]
    [InlineData("2024-00")]
    [InlineData("2024-13")]
    [InlineData("0000-01")]
    [InlineData("2024-02-01")]
    [InlineData("2024/02")]
    [InlineData(" 2024-02")]
    [InlineData("２０２４-02")]
    public void What_is_no_month_is_not_read(string? text) => Assert.False(Month.TryParse(text, out _));

    [Fact]
    public void Months_follow_each_other_over_years()
    {
        var months = Enumerable.Range(0, 14)
            .Aggregate(new List<Month> { new(2023, 11) }, (list, _) => [.. list, list[^1].Next]);

        Assert.Equal(new Month(2025, 1), months[^1]);
        Assert.Equal(months.Order(), months);
        Assert.All(months.Zip(months.Skip(1)), pair => Assert.True(
            pair.First < pair.Second && pair.Second > pair.First
            && pair.First <= pair.Second && pair.Second >= pair.First));
        Assert.All(months, month => Assert.Equal(month.Start.AddMonths(1), month.Next.Start));
    }

    [Fact]
    public void An_instant_lies_in_the_month_it_has_in_UTC() =>
        Assert.Equal(new Month(2024, 2), Month.Of(new DateTimeOffset(2024, 3, 1, 0, 30, 0, TimeSpan.FromHours(1))));
}
