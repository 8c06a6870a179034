using System.Text.Json;
using CloudTrailAggregation.Commit;
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

        var run = await CommandLineRun.OfAsync(
            "aggregate", "--source", sampleData, "--destination", _months.Destination, "--month", "2024-02", "--json");

        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.RunReport)!;
        Assert.Equal((614L, 600L, 12L, 2L), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(2, report.OutsideMonth!.Events);
        Assert.Equal(
            [["600"]],
            Sql.Rows($"SELECT count(*) FROM '{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}'"));
    }

    [Fact]
    public async Task What_the_page_has_of_show_is_what_show_prints_of_the_sample()
    {
        string sampleData = Path.Combine(Repository.Root, "tests/data/cloudtrail_daily");
        Assert.Equal(0, (await CommandLineRun.OfAsync(
            "aggregate", "--source", sampleData, "--destination", _months.Destination, "--month", "2024-02")).ExitCode);

        var run = await CommandLineRun.OfAsync("show", "--rows", "0", "--top", "3", _months.Destination);

        // The file's path and the source's modification times differ between machines.
        string[] printed = [.. run.Output.Split('\n').Select(Comparable)];
        string page = await File.ReadAllTextAsync(
            Repository.File("docs", "cli.md"), TestContext.Current.CancellationToken);
        string[] shown = [.. page.Split("show --rows 0 --top 3 out\n```\n\n```text\n")[1].Split("```")[0].Split('\n')
            .Where(line => line != "…").Select(Comparable)];
        Assert.True(shown.Count(line => line.Length > 0) > 40);
        Assert.All(shown, line => Assert.Contains(line, printed));
    }

    private static string Comparable(string line) =>
        line.StartsWith("file ", StringComparison.Ordinal)
            || line.StartsWith("cloudtrail_aggregation.run ", StringComparison.Ordinal)
            ? ""
        : line.Contains(".parquet ", StringComparison.Ordinal)
            ? line[line.IndexOf(".parquet ", StringComparison.Ordinal)..]
        : line;
}
