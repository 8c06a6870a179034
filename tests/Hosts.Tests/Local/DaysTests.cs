using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Months in days at the terminal: <c>aggregate --unit day</c>, and <c>check</c> over its files.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class DaysTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task Each_day_has_its_file_and_its_line()
    {
        PutDays();

        var run = await _months.RunAsync("--unit", "day");
        var again = await _months.RunAsync("--unit", "day");

        Assert.Equal(
            [
                "2024/02/01/000000.parquet", "2024/02/02/000000.parquet", "2024/02/05/000000.parquet",
                "_rejected/2024/02/02/000000.ndjson.gz",
            ],
            _months.Written());
        Assert.Matches(
            "^2024-02 in days, from .*\nin [0-9.]+ s: 3 days written\\.\n\n"
            + "day +result +events +duplicates +rejects +time\n"
            + "2024-02-01 +written +3 +0 +0 +.*\n2024-02-02 +written +1 +2 +1 +.*\n"
            + "2024-02-05 +written +1 +0 +0 +.*\n"
            + "all +5 +2 +1\n\nNote: 26 days after the first without a file",
            run.Output.ReplaceLineEndings("\n"));
        Assert.Contains("s: 3 days unchanged.", again.Output, StringComparison.Ordinal);
        string query = again.Output[again.Output.IndexOf("-- What", StringComparison.Ordinal)..].Split("\n\n")[0];
        Assert.Equal([["GetObject", "s3.amazonaws.com", "5"]], Sql.Rows(query));
    }

    [Fact]
    public async Task A_dry_run_says_which_days_would_be_written()
    {
        PutDays();
        await _months.RunAsync("--unit", "day");
        _months.Write("2024/02/01/late.ndjson", Months.Event(9));

        var run = await _months.RunAsync("--unit", "day", "--dry-run");

        Assert.Matches("s: 1 day unchanged, 2 days to write\\.\n", run.Output.ReplaceLineEndings("\n"));
        Assert.Matches(
            "2024-02-01  to write +- +- +-.*\n2024-02-02  to write .*\n2024-02-05  unchanged +1 ",
            run.Output.ReplaceLineEndings("\n"));
        Assert.Equal(3, _months.Written().Count(file => file.EndsWith(".parquet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Check_proves_a_month_in_days_and_names_what_is_wrong_with_one()
    {
        PutDays();
        await _months.RunAsync("--unit", "day");
        string second = Path.Combine(_months.Destination, "2024/02/02/000000.parquet");

        var whole = await CheckAsync();
        byte[] bytes = await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken);
        File.Delete(second);
        var missing = await CheckAsync();
        File.Copy(Path.Combine(_months.Destination, "2024/02/01/000000.parquet"), second);
        var exchanged = await CheckAsync();
        await File.WriteAllBytesAsync(second, bytes, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_months.Parquet, bytes, TestContext.Current.CancellationToken);
        var both = await CheckAsync();

        Assert.Equal((0, 1, 1, 1), (whole.ExitCode, missing.ExitCode, exchanged.ExitCode, both.ExitCode));
        Assert.Contains(
            "8 records = 5 events + 2 duplicates + 1 reject; every event is in ", whole.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "2024/02/02/: there is no file, and the source has objects of that day", Error(missing),
            StringComparison.Ordinal);
        Assert.Contains("2024/02/02/000000.parquet, row 1", Error(exchanged), StringComparison.Ordinal);
        Assert.Contains("counts each event twice", Error(both), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_finds_an_event_in_the_file_of_another_day()
    {
        PutDays();
        _months.Write("2024/02/01/a.ndjson", Months.Event(1), Months.Event(2));
        await _months.RunAsync("--unit", "day");
        PutDays();

        var run = await CheckAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2024/02/01/000000.parquet", Error(run), StringComparison.Ordinal);
    }

    private static string Error(CommandLineRun run) => Assert.Single(
        run.ErrorLines, line => line.StartsWith("error: ", StringComparison.Ordinal));

    private Task<CommandLineRun> CheckAsync() => CommandLineRun.OfAsync(
        ["check", "--source", _months.Source, "--destination", _months.Destination, "--month", "2024-02"]);

    private void PutDays()
    {
        _months.Write("2024/02/01/a.ndjson", Months.Event(1), Months.Event(2), Months.Event(3));
        _months.Write("2024/02/02/a.ndjson", Months.Event(3), Months.Event(4), Months.Event(4), "no event");
        _months.Write("2024/02/05/a.ndjson", Months.Event(3));
    }
}
