using CloudTrailAggregation.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

public class UsageTests
{
    private static readonly string[] Right = ["aggregate", "--source", "daily", "--destination", "monthly", "--month", "2024-02"];

    [Theory]
    [InlineData("--month takes a month as YYYY-MM, ", "--month", "2024-2")]
    [InlineData("not '2024-13'.", "--month", "2024-13")]
    [InlineData("from 2013-01 to ", "--month", "2012-12")]
    [InlineData("(the running one, UTC), not '9999-01'.", "--month", "9999-01")]
    [InlineData("--threads takes a whole number from 1 to 1024, not '0'.", "--threads", "0")]
    [InlineData("not 'two'.", "--threads", "two")]
    [InlineData("--rows-per-file takes a whole number from 0 to ", "--rows-per-file", "-1")]
    [InlineData("--max-rejected-percent takes a number from 0 to 100, not '101'.", "--max-rejected-percent", "101")]
    [InlineData("not '1,5'.", "--max-rejected-percent", "1,5")]
    [InlineData("not 'NaN'.", "--max-rejected-percent", "NaN")]
    [InlineData("--compression takes one of zstd, snappy, gzip, none, not 'lzma'.", "--compression", "lzma")]
    [InlineData("not '1'.", "--compression", "1")]
    [InlineData("--endpoint-url takes an address as http://host:port or https://host, not 'localhost:9000'.", "--endpoint-url", "localhost:9000")]
    [InlineData("ftp://host/x: only directories and s3://bucket/prefix can be read and written.", "--source", "ftp://host/x")]
    [InlineData("'a' is not a name a bucket can have.", "--destination", "s3://a/b")]
    public async Task A_value_that_cannot_be_is_refused_with_what_can(string message, string option, string value)
    {
        int given = Array.IndexOf(Right, option);
        string[] arguments = given < 0 ? [.. Right, option, value] : [.. Right[..(given + 1)], value, .. Right[(given + 2)..]];

        var run = await CommandLineRun.OfAsync(arguments);

        IsWrongUsage(run, message);
    }

    [Theory]
    [InlineData("Required command was not provided.")]
    [InlineData("Option '--source' is required. Option '--destination' is required. Option '--month' is required.", "aggregate")]
    [InlineData("'agregate'", "agregate")]
    [InlineData("'--sauce'", "aggregate", "--source", "x", "--destination", "y", "--month", "2024-02", "--sauce")]
    [InlineData("'--month'", "aggregate", "--source", "x", "--destination", "y", "--month")]
    [InlineData("'--month'", "aggregate", "--source", "x", "--destination", "y", "--month", "2024-01", "--month", "2024-02")]
    public async Task What_is_missing_or_unknown_is_named(string message, params string[] arguments) =>
        IsWrongUsage(await CommandLineRun.OfAsync(arguments), message);

    [Fact]
    public async Task Help_has_every_setting_and_examples()
    {
        var run = await CommandLineRun.OfAsync("aggregate", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.All(
            ["--source", "--destination", "--month", "--replace", "--rows-per-file", "--compression", "--no-deduplicate", "--max-rejected-percent", "--threads",
             "--endpoint-url", "--path-style", "--json", "--verbose", "Examples:", "Exit code:", "[default: zstd]"],
            text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_the_one_that_files_are_marked_with()
    {
        var run = await CommandLineRun.OfAsync("--version");

        Assert.Equal((0, ToolVersion.Text + "\n"), (run.ExitCode, run.Output));
    }

    private static void IsWrongUsage(CommandLineRun run, string message)
    {
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith("error: ", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(message, run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("--help", run.ErrorLines[1], StringComparison.Ordinal);
    }
}
