using CloudTrailAggregation.Run;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class FailureTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task A_failed_month_gives_one_line_with_the_key_and_stays_as_it_was()
    {
        string truncated = await WithTruncatedSourceAsync();
        byte[] standing = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);

        var run = await _months.RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: {truncated}", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(standing, await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken));
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
    }

    [Fact]
    public async Task Verbose_shows_where_in_the_code_a_failure_comes_from()
    {
        await WithTruncatedSourceAsync();

        var run = await _months.RunAsync("--verbose");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(run.ErrorLines[1..], line => line.StartsWith(
            "   at CloudTrailAggregation.Run.AggregationRun.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_directory_that_is_missing_is_not_taken_for_an_empty_one()
    {
        var run = await _months.RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"error: {_months.Source}: there is no such directory. Correct --source.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_destination_that_cannot_be_written_is_named()
    {
        _months.WithEveryKindOfLine();
        await File.WriteAllTextAsync(_months.Destination, "a file", TestContext.Current.CancellationToken);

        var run = await _months.RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: {_months.Destination}", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_message_quotes_from_a_source_does_not_reach_the_terminal_as_control_characters()
    {
        _months.Write("2024/02/01/000000.ndjson", "\e[2J\u0085\u0007 no event");

        var run = await _months.RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no event", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain(run.ErrorLines[0], char.IsControl);
    }

    /// <summary>A written month, one of whose sources is then truncated.</summary>
    private async Task<string> WithTruncatedSourceAsync()
    {
        string source = _months.Write(
            "2024/02/01/000000.ndjson.gz", Enumerable.Range(0, 100).Select(number => Months.Event(number)));
        Assert.Equal(0, (await _months.RunAsync()).ExitCode);
        await File.WriteAllBytesAsync(source, (await File.ReadAllBytesAsync(source))[..^20]);
        return source;
    }
}
