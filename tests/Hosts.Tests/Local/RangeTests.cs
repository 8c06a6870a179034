using System.Text.Json;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// Several months in turn: January is empty, February is written, March cannot be read, April is written.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class RangeTests : IDisposable
{
    private readonly Months _months = new();

    public RangeTests()
    {
        _months.WithEveryKindOfLine();
        string cut = _months.Write(
            "2024/03/01/000000.ndjson.gz", Enumerable.Range(0, 100).Select(number => Months.Event(number)));
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^20]);
        _months.Write("2024/04/01/000000.ndjson", Months.Event(1, time: "2024-04-01T00:00:00Z"));
    }

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task Each_month_is_done_and_a_table_says_at_the_end_what_failed_and_why()
    {
        var run = await RunAsync("aggregate");

        Assert.Equal(1, run.ExitCode);
        string[] lines = run.Output.Split('\n');
        Assert.Equal(
            ["month", "files", "records", "events", "duplicates", "rejects", "result"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^2024-01 +0 +0 +0 +0 +0  FAILED: empty, nothing was changed$", lines[1]);
        Assert.Matches("^2024-02 +2 +7 +4 +2 +1  1 Parquet file, .*B, in .* s, 27 days missing$", lines[2]);
        Assert.Matches("^2024-03 +- +- +- +- +-  FAILED: .*/2024/03/01/000000.ndjson.gz: it is truncated", lines[3]);
        Assert.Matches("^2024-04 +1 +1 +1 +0 +0  1 Parquet file, ", lines[4]);
        Assert.Equal(["", "4 months: 2 done, 2 failed.", ""], lines[5..]);
        Assert.Contains(run.ErrorLines, line => line.StartsWith(
            $"error: 2024-01: {Path.Combine(_months.Source, "2024/01/")}: there is nothing to read",
            StringComparison.Ordinal));
        Assert.Contains(run.ErrorLines, line => line.StartsWith("error: 2024-03: ", StringComparison.Ordinal));
        Assert.Equal(
            ["2024/02/000000.parquet", "2024/04/000000.parquet", "_rejected/2024/02/000000.ndjson.gz"],
            _months.Written());
    }

    [Fact]
    public async Task The_first_failure_stops_it_if_that_is_asked_for()
    {
        var run = await RunAsync("aggregate", "--stop-on-failure", "--allow-empty");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("\n4 months: 2 done, 1 failed, 1 not done.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(["2024/02/000000.parquet", "_rejected/2024/02/000000.ndjson.gz"], _months.Written());
    }

    [Fact]
    public async Task With_json_each_month_that_was_tried_is_a_line_of_stdout_and_nothing_else_is()
    {
        var run = await RunAsync("aggregate", "--json");

        Assert.Equal(1, run.ExitCode);
        var reports = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            ["2024-01 empty", "2024-02 written", "2024-03 failed", "2024-04 written"],
            reports.Select(report => $"{report.GetProperty("month")} {report.GetProperty("status")}"));
        Assert.Equal(["month", "status", "error"], reports[2].EnumerateObject().Select(member => member.Name));
        Assert.Contains(
            "000000.ndjson.gz: it is truncated", reports[2].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "3 done, 0 failed", "--allow-empty")]
    [InlineData(1, "1 done, 2 failed")]
    [InlineData(1, "0 done, 1 failed, 2 not done", "--stop-on-failure")]
    public async Task An_empty_month_counts_as_failed_unless_months_may_be_empty(
        int exitCode, string summary, params string[] more)
    {
        var run = await CommandLineRun.OfAsync(
            [
                "aggregate", "--source", _months.Source, "--destination", _months.Destination, "--from", "2023-12",
                "--to", "2024-02", .. more,
            ]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.EndsWith($"\n3 months: {summary}.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_several_months_says_which_differ()
    {
        await RunAsync("aggregate");
        _months.Write("2024/04/01/000000.ndjson", Months.Event(2, time: "2024-04-01T00:00:00Z"));

        var check = await RunAsync("check");

        Assert.Equal(1, check.ExitCode);
        Assert.Matches("\n2024-02 +2 +7 +4 +2 +1  every event is in the file\n", check.Output);
        Assert.Matches("\n2024-03 +- +- +- +- +-  FAILED: ", check.Output);
        Assert.Matches(
            "\n2024-04 .*  FAILED: .*, row 1 is not the event of .*000000.ndjson, line 1: column event_id: ",
            check.Output);
        Assert.Matches("\n2024-01 .*  FAILED: .*2024/01/: there is nothing to read", check.Output);
        Assert.EndsWith("\n4 months: 1 done, 3 failed.\n", check.Output, StringComparison.Ordinal);
        Assert.Contains(check.ErrorLines, line => line.StartsWith("error: 2024-04: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_of_one_month_proves_it_in_one_line_or_fails_with_one()
    {
        await _months.RunAsync();
        string[] arguments = ["check", .. _months.Aggregate()[1..]];

        var whole = await CommandLineRun.OfAsync(arguments);
        _months.Write("2024/02/02/000001.ndjson", Months.Event(5, day: 2));
        var changed = await CommandLineRun.OfAsync(arguments);

        Assert.Equal(
            (0, $"2024-02: 7 records = 4 events + 2 duplicates + 1 reject; every event is in {_months.Parquet}\n"),
            (whole.ExitCode, whole.Output));
        Assert.Empty(whole.ErrorLines);
        Assert.Equal((1, ""), (changed.ExitCode, changed.Output));
        Assert.StartsWith(
            $"error: 2024-02: {Path.Combine(_months.Source, "2024/02/02/000001.ndjson")}, line 1 is an event, and "
            + $"{_months.Parquet} ends before it, after 4 events",
            Assert.Single(changed.ErrorLines), StringComparison.Ordinal);
    }

    private Task<CommandLineRun> RunAsync(string command, params string[] more) =>
        CommandLineRun.OfAsync([
            command, "--source", _months.Source, "--destination", _months.Destination, "--from", "2024-01", "--to",
            "2024-04", .. more,
        ]);
}
