using System.Text.Json;
using CloudTrailAggregation.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

public sealed class SampleDataTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task The_first_command_of_the_README_shows_every_kind_of_line()
    {
        string sampleData = Path.Combine(Repository.Root, "tests/data/cloudtrail_daily");

        var run = await CommandLineRun.OfAsync("aggregate", "--source", sampleData, "--destination", _months.Destination, "--month", "2024-02", "--json");

        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.MonthReport)!;
        Assert.Equal((614L, 600L, 12L, 2L), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(2, report.OutsideMonth!.Events);
        Assert.Equal([["600"]], Sql.Rows($"SELECT count(*) FROM '{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}'"));
    }
}
