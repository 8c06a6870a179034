using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage.Directories;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class SampleDataTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task The_first_command_of_the_README_shows_every_kind_of_record()
    {
        string[] arguments = await FirstCommandAsync();
        Assert.Equal(["aggregate", "--source", "tests/data/trail", "--destination", "out"], arguments[..5]);
        arguments[2] = Repository.File(arguments[2].Split('/'));
        arguments[4] = _months.Destination;

        var run = await CommandLineRun.OfAsync([.. arguments, "--json"]);
        var check = await CommandLineRun.OfAsync(["check", .. arguments[1..]]);

        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.RunReport)!;
        Assert.Equal((417L, 400L, 16L, 1L), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal((2, 2, 99), (report.Accounts!.Count, report.Regions!.Count, report.SourceFiles));
        Assert.Equal(2, report.OutsideMonth!.Events);
        Assert.Equal((0, 0), (report.MissingDays.Count, report.QuietRegions!.Count));
        string file = Path.Combine(_months.Destination, "2024/03/000000.parquet");
        Assert.Equal(
            [["400"]], Sql.Rows($"SELECT count(*) FROM '{file.Replace("'", "''", StringComparison.Ordinal)}'"));
        Assert.Equal(
            $"2024-03: 417 records = 400 events + 16 duplicates + 1 reject; every event is in {file}\n", check.Output);
    }

    /// <summary>The native program is compiled by another compiler than the tests' process.</summary>
    [Fact]
    public async Task The_program_writes_the_bytes_that_the_library_writes()
    {
        string source = Repository.File("tests", "data", "trail");
        var library = Directory.CreateDirectory(Path.Combine(_months.Destination, "library"));

        var run = await CommandLineRun.OfAsync(
            "aggregate", "--source", source, "--destination", _months.Destination, "--month", "2024-03");
        await new AggregationRun(
            new DirectoryStore(source), new DirectoryStore(library.FullName), new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(new Month(2024, 3)), TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.All(
            (string[])["2024/03/000000.parquet", "_rejected/2024/03/000000.ndjson.gz"],
            file => Assert.Equal(
                File.ReadAllBytes(Path.Combine(library.FullName, file)),
                File.ReadAllBytes(Path.Combine(_months.Destination, file))));
    }

    [Fact]
    public async Task The_month_of_daily_files_shows_every_kind_of_line()
    {
        string sampleData = Path.Combine(Repository.Root, "tests/data/cloudtrail_daily");

        var run = await CommandLineRun.OfAsync(
            "aggregate", "--source", sampleData, "--destination", _months.Destination, "--month", "2024-02", "--json");

        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.RunReport)!;
        Assert.Equal((614L, 600L, 12L, 2L), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(2, report.OutsideMonth!.Events);
    }

    [Fact]
    public async Task What_the_page_has_of_show_is_what_show_prints_of_the_sample()
    {
        string sampleData = Path.Combine(Repository.Root, "tests/data/cloudtrail_daily");
        Assert.Equal(0, (await CommandLineRun.OfAsync(
            "aggregate", "--source", sampleData, "--destination", _months.Destination, "--month", "2024-02")).ExitCode);

        var run = await CommandLineRun.OfAsync("show", "--rows", "0", "--top", "3", _months.Destination);

        // The paths and the source's modification times differ between machines.
        string[] printed = [.. run.Output.Split('\n').Select(Comparable)];
        string page = await File.ReadAllTextAsync(
            Repository.File("docs", "cli.md"), TestContext.Current.CancellationToken);
        string[] shown = [.. page.Split("show --rows 0 --top 3 out\n```\n\n```text\n")[1].Split("```")[0].Split('\n')
            .Where(line => line != "…").Select(Comparable)];
        Assert.True(shown.Count(line => line.Length > 0) > 30);
        Assert.All(shown, line => Assert.Contains(line, printed));
    }

    /// <summary>The arguments of the first command in the README.</summary>
    private static async Task<string[]> FirstCommandAsync()
    {
        const string Start = "dotnet run --project Local -- ";
        string[] lines = await File.ReadAllLinesAsync(
            Repository.File("README.md"), TestContext.Current.CancellationToken);
        string command = lines[Array.IndexOf(lines, "```sh") + 1];
        Assert.StartsWith(Start, command, StringComparison.Ordinal);
        return command[Start.Length..].Split(' ');
    }

    private static string Comparable(string line) =>
        line.StartsWith("file ", StringComparison.Ordinal)
            || line.StartsWith("cloudtrail_aggregation.run ", StringComparison.Ordinal)
            || line.StartsWith("cloudtrail_aggregation.source ", StringComparison.Ordinal)
            ? ""
        : line.Contains(".parquet ", StringComparison.Ordinal)
            ? line[line.IndexOf(".parquet ", StringComparison.Ordinal)..]
        : line;
}
