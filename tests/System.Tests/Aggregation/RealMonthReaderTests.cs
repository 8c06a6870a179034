using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Whole months, read by two readers that share no code.</summary>
public sealed class RealMonthReaderTests(Hyparquet hyparquet) : RealMonthTest(new DirectoryMonthStores())
{
    [Theory]
    [InlineData("2021-07")]
    [InlineData("2023-07")]
    [InlineData(Sample)]
    public async Task Hyparquet_reads_what_DuckDB_reads(string month)
    {
        await PutMonthAsync(month);

        var result = await RunAsync(month: MonthOf(month));

        AssertSame(result.Rows, (await hyparquet.ReadAsync(result.Files[0])).Rows);
    }
}
