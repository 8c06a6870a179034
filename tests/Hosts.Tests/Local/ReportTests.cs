using System.Text.Json;
using CloudTrailAggregation.Commit;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class ReportTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task A_month_is_written_and_the_report_tells_what_became_of_each_line()
    {
        _months.WithEveryKindOfLine();

        var run = await _months.RunAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.Equal(["2024/02/000000.parquet", "_rejected/2024/02/000000.ndjson.gz"], _months.Written());
        Assert.Matches(@"Records +7\n +events +4 .*\n +duplicates +2 .*\n +rejects +1 .*\n", run.Output);
        Assert.Contains($"Read 2 files, ", run.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_months.Source, "2024/02/"), run.Output, StringComparison.Ordinal);
        Assert.Contains($"{_months.Parquet}  (4 rows, ", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"not events, kept in {Path.Combine(_months.Destination, "_rejected/2024/02/000000.ndjson.gz")}",
            run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "1 event with an event_time in another month; the month's events run from 2024-01-31 23:59:59Z to "
            + "2024-02-02 12:00:00Z.",
            run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Note: 27 days after the first without a file: 2024-02-03 to 2024-02-29. If there were events, stage 1 has "
            + "not written them: run it for these days, then this month again.\n",
            run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "1 other file ignored, not named as a source (DD/*.ndjson or *.json, also with .gz): "
            + "2024/02/02/notes.txt\n",
            run.Output, StringComparison.Ordinal);
        Assert.Equal(
            [["4"]],
            Sql.Rows($"SELECT count(*) FROM '{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}'"));
    }

    [Fact]
    public async Task With_json_stdout_is_one_document_with_the_report_and_nothing_else()
    {
        _months.WithEveryKindOfLine();

        var run = await _months.RunAsync("--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal(
            [
                "month", "status", "reason", "layout", "accounts", "regions", "quietRegions", "openDays", "sourceFiles",
                "sourceBytes", "emptyObjects", "ignoredKeys", "missingDays", "lines", "events", "duplicates", "rejects",
                "newRejects", "outsideMonth", "eventsWithoutTime", "outputs", "outputBytes", "objectsWithoutEvents",
                "damagedObjects", "newDamagedObjects", "rejectFile", "removed", "mixedMilliseconds", "retries",
                "requests", "plannedAgain", "durationMilliseconds", "eventsPerSecond",
            ],
            document.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            """{"events":1,"earliest":"2024-01-31T23:59:59.5Z","latest":"2024-02-02T12:00:00Z"}""",
            document.RootElement.GetProperty("outsideMonth").GetRawText());
        Assert.Equal(
            """{"count":1,"first":["2024/02/02/notes.txt"]}""",
            document.RootElement.GetProperty("ignoredKeys").GetRawText());
        string[] missing = [.. Enumerable.Range(3, 27).Select(day => $"2024-02-{day:00}")];
        Assert.Equal(
            missing, document.RootElement.GetProperty("missingDays").EnumerateArray().Select(day => day.GetString()));
        Assert.Equal("null", document.RootElement.GetProperty("reason").GetRawText());
        Assert.Equal("\"written\"", document.RootElement.GetProperty("status").GetRawText());
        Assert.Contains($"\"uri\":\"{_months.Parquet}\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_as_json_can_be_read_back_as_the_lambda_will_write_it()
    {
        _months.WithEveryKindOfLine();

        var run = await _months.RunAsync("--json");

        var report = JsonSerializer.Deserialize(run.Output, ReportJson.Readable.RunReport)!;
        Assert.Equal((7L, 4L, 2L, 1L), (report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(report.Lines, report.Events + report.Duplicates + report.Rejects);
        Assert.Equal(
            new OutputFile(_months.Parquet, 4, new FileInfo(_months.Parquet).Length), Assert.Single(report.Outputs));
        Assert.Equal(run.Output.TrimEnd('\n'), JsonSerializer.Serialize(report, ReportJson.Readable.RunReport));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    public async Task The_three_queries_run_as_they_are_printed(string rowsPerFile)
    {
        _months.WithEveryKindOfLine();

        var run = await _months.RunAsync("--rows-per-file", rowsPerFile);

        string[] queries = run.Output[run.Output.IndexOf("-- What", StringComparison.Ordinal)..].Split("\n\n");
        Assert.Equal(3, queries.Length);
        Assert.Equal(
            [["GetObject", "s3.amazonaws.com", "3"], ["ConsoleLogin", "s3.amazonaws.com", "1"]], Sql.Rows(queries[0]));
        Assert.Equal([["arn:aws:iam::111122223333:user/alice", "AccessDenied", "1"]], Sql.Rows(queries[1]));
        Assert.Equal(
            [["01/31/2024", "1", "0"], ["02/01/2024", "2", "0"], ["02/02/2024", "1", "1"]], Sql.Rows(queries[2]));
    }

    [Fact]
    public async Task Files_of_an_earlier_run_that_are_left_over_are_removed_and_named()
    {
        _months.WithEveryKindOfLine();
        var first = await _months.RunAsync("--rows-per-file", "2");

        var second = await _months.RunAsync();

        Assert.Contains("Wrote 2 Parquet files, ", first.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"Removed 1 file of an earlier run: {Path.Combine(_months.Destination, "2024/02/000001.parquet")}\n",
            second.Output, StringComparison.Ordinal);
        Assert.Equal(["2024/02/000000.parquet", "_rejected/2024/02/000000.ndjson.gz"], _months.Written());
    }

    [Fact]
    public async Task A_dry_run_prints_what_would_happen_and_changes_nothing()
    {
        _months.WithEveryKindOfLine();
        var fresh = await _months.RunAsync("--dry-run");
        Assert.Empty(_months.Written());
        await _months.RunAsync("--rows-per-file", "2");
        string[] written = _months.Written();

        var run = await _months.RunAsync("--dry-run");

        Assert.Equal((0, 0), (fresh.ExitCode, run.ExitCode));
        Assert.Equal(written, _months.Written());
        Assert.Contains(
            $"\nWould write   {_months.Parquet}\n\nA dry run: nothing was read", fresh.Output,
            StringComparison.Ordinal);
        string removes = string.Join(
            ", ", written.Skip(1).Select(file => Path.Combine(_months.Destination, file)));
        Assert.Matches(
            $"^Would read 2 files, [0-9]+ bytes, from {_months.Source}/2024/02/\n"
            + "of 2 days: 2024-02-01 to 2024-02-02\n\n"
            + $"Would write   {_months.Parquet}, in place of the file that exists\n"
            + "              or fail, if it has fewer than 4 events\n"
            + $"Would remove  2 files of an earlier run, if it does not write them again: {removes}\n\n"
            + "A dry run: nothing was read, written or removed.\n\nNote: 27 days after the first without a file",
            run.Output);
    }

    [Fact]
    public async Task A_dry_run_of_several_months_sums_up_what_it_knows()
    {
        _months.WithEveryKindOfLine();

        var run = await CommandLineRun.OfAsync(
            [
                "aggregate", "--dry-run", "--source", _months.Source, "--destination", _months.Destination,
                "--from", "2024-01", "--to", "2024-02",
            ]);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(
            "\n2024-01 +0 +0 +0 +0 +0  FAILED: empty, nothing was changed\n"
            + $"2024-02 +2 +- +- +- +-  would write {_months.Parquet}\n",
            run.Output);
        Assert.Empty(_months.Written());
    }

    [Fact]
    public async Task Objects_without_an_event_are_named_and_check_does_not_call_their_month_whole()
    {
        _months.WithEveryKindOfLine();
        string path = _months.Write("2024/02/03/000000.ndjson", "name,time", "GetObject,now");

        var run = await _months.RunAsync();
        var check = await CommandLineRun.OfAsync(["check", .. _months.Aggregate()[1..]]);

        Assert.Equal((0, 1), (run.ExitCode, check.ExitCode));
        Assert.Contains($"Note: 1 file with rejects and no event: {path}. ", run.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            $"error: 2024-02: 1 source object holds only rejects and no event: {path}.", check.ErrorLines[^1],
            StringComparison.Ordinal);
        Assert.Empty(check.Output);
    }
}
