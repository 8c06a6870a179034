using System.Text.Json;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>A month without sources, at the command line.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class EmptyMonthRunTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_month_fails_and_says_on_stderr_what_exists_instead(bool json)
    {
        _months.Write("2024/01/01/000000.ndjson.gz", Months.Event(1));

        var run = await _months.RunAsync(json ? ["--json"] : []);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"error: {Path.Combine(_months.Source, "2024/02/")}: there is nothing to read "
            + "(DD/*.ndjson or *.json, also with .gz). "
            + $"{_months.Source}/ has the year 2024, and of 2024 the month 01. "
            + "If the month should be there, see why stage 1 left nothing. "
            + "With --allow-empty a month may be empty.",
            Assert.Single(run.ErrorLines));
        Assert.Contains(
            json ? "\"status\":\"empty\"" : "2024-02 has no events: nothing was written, nothing was changed.",
            run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("SELECT", run.Output, StringComparison.Ordinal);
        Assert.Empty(_months.Written());
    }

    [Fact]
    public async Task A_month_that_may_be_empty_is_done_and_still_says_why_it_is()
    {
        _months.Write("2024/01/01/000000.ndjson.gz", Months.Event(1));

        var run = await _months.RunAsync("--allow-empty", "--json");

        Assert.Equal(0, run.ExitCode);
        string reason = JsonElement.Parse(run.Output).GetProperty("reason").GetString()!;
        Assert.StartsWith(
            $"{Path.Combine(_months.Source, "2024/02/")}: there is nothing to read ", reason, StringComparison.Ordinal);
        Assert.Equal($"no events: {reason}", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0, "--allow-empty")]
    public async Task A_check_of_an_empty_month_proves_nothing_and_fails_unless_months_may_be_empty(
        int exitCode, params string[] more)
    {
        _months.Write("2024/01/01/000000.ndjson.gz", Months.Event(1));

        var run = await CommandLineRun.OfAsync(["check", .. _months.Aggregate(more)[1..]]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(
            exitCode == 0 ? "2024-02: no records in the source, and no file." : "2024/02/: there is nothing to read",
            run.Output + run.Error, StringComparison.Ordinal);
    }
}
