using CloudTrailAggregation.Ground;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public class UsageTests
{
    private static readonly string[] Right =
        ["aggregate", "--source", "daily", "--destination", "monthly", "--month", "2024-02"];

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
    [InlineData(
        "--endpoint-url takes an address as http://host:port or https://host, not 'localhost:9000'.", "--endpoint-url",
        "localhost:9000")]
    [InlineData(
        "--source-region takes a region such as eu-central-1, not 'Frankfurt'.", "--source-region", "Frankfurt")]
    [InlineData(
        "--sse takes one of AES256, aws:kms, aws:kms:KEY_ARN (a key's ARN, not an alias), not 'AES-256'.", "--sse",
        "AES-256")]
    [InlineData("--sse is for a bucket, and monthly is a directory. Leave --sse out.", "--sse", "AES256")]
    [InlineData(
        "--destination-region is for a bucket, and monthly is a directory. Leave --destination-region out.",
        "--destination-region", "eu-central-1")]
    [InlineData(
        "ftp://host/x: only directories and s3://bucket/prefix can be read and written.", "--source", "ftp://host/x")]
    [InlineData("'a' is not a name a bucket can have.", "--destination", "s3://a/b")]
    public async Task A_value_that_cannot_be_is_refused_with_what_can(string message, string option, string value)
    {
        int given = Array.IndexOf(Right, option);
        string[] arguments =
            given < 0 ? [.. Right, option, value] : [.. Right[..(given + 1)], value, .. Right[(given + 2)..]];

        var run = await CommandLineRun.OfAsync(arguments);

        IsWrongUsage(run, message);
    }

    [Theory]
    [InlineData("Required command was not provided.")]
    [InlineData(
        "Option '--source' is required. Option '--destination' is required. Give --month, or --from and --to.",
        "aggregate")]
    [InlineData(
        "Option '--source' is required. Option '--destination' is required. Give --month, or --from and --to.",
        "check")]
    [InlineData(
        "Give --month, or --from and --to.", "aggregate", "--source", "x", "--destination", "y", "--from", "2024-01")]
    [InlineData(
        "Give --month, or --from and --to.", "aggregate", "--source", "x", "--destination", "y", "--to", "2024-01",
        "--month", "2024-01")]
    [InlineData(
        "Give --month, or --from and --to.", "check", "--source", "x", "--destination", "y", "--from", "2024-01",
        "--to", "2024-02", "--month", "2024-01")]
    [InlineData(
        "--to 2024-01 is before --from 2024-02.", "aggregate", "--source", "x", "--destination", "y", "--from",
        "2024-02", "--to", "2024-01")]
    [InlineData("Give a FILE|DIR|s3://... to show.", "show")]
    [InlineData("Give a FILE|DIR|s3://... to show.", "show", "--top", "5")]
    [InlineData("--top takes a whole number from 1 to 10000, not 'y'.", "show", "--top", "y", "x")]
    [InlineData("--top takes a whole number from 1 to 10000, not '0'.", "show", "x", "--top", "0")]
    [InlineData("--rows takes a whole number from 0 to 10000, not 'x'.", "show", "x", "--rows", "x")]
    [InlineData("'agregate'", "agregate")]
    [InlineData("'--sauce'", "aggregate", "--source", "x", "--destination", "y", "--month", "2024-02", "--sauce")]
    [InlineData("'--month'", "aggregate", "--source", "x", "--destination", "y", "--month")]
    [InlineData(
        "'--month'", "aggregate", "--source", "x", "--destination", "y", "--month", "2024-01", "--month", "2024-02")]
    public async Task What_is_missing_or_unknown_is_named(string message, params string[] arguments) =>
        IsWrongUsage(await CommandLineRun.OfAsync(arguments), message);

    [Fact]
    public async Task Help_has_every_setting_and_examples()
    {
        string[] everywhere = ["--endpoint-url", "--path-style", "--verbose", "Examples:", "Exit code:"];
        string[] months =
        [
            "--source-region", "--destination-region", "--source", "--destination", "--month", "--from", "--to",
            "--stop-on-failure", "--no-deduplicate",
        ];

        await HelpHasAsync(
            "aggregate",
            [
                .. everywhere, .. months, "--sse", "--replace", "--rows-per-file", "--compression",
                "--max-rejected-percent", "--threads", "--json", "[default: zstd]",
            ]);
        await HelpHasAsync("check", [.. everywhere, .. months]);
        await HelpHasAsync("show", [.. everywhere, "--region", "--rows", "--top", "--json", "FILE|DIR|s3://..."]);
    }

    [Theory]
    [InlineData("aggregate --sou", "--source")]
    [InlineData("aggregate --compression s", "snappy")]
    [InlineData("sh", "show")]
    public async Task Completions_are_offered_as_the_library_does(string typed, string completion)
    {
        string line = $"cloudtrail-aggregation {typed}";

        var run = await CommandLineRun.OfAsync($"[suggest:{line.Length}]", line);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(completion, run.Output.Split('\n'));
    }

    [Fact]
    public async Task The_version_is_the_one_that_files_are_marked_with()
    {
        var run = await CommandLineRun.OfAsync("--version");

        Assert.Equal((0, ToolVersion.Text + "\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData]
    [InlineData("aggregate")]
    [InlineData("check")]
    [InlineData("show")]
    public async Task Help_fits_a_screen(params string[] command)
    {
        var run = await CommandLineRun.OfAsync([.. command, "--help"]);

        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 5, 55);
        Assert.DoesNotContain(lines, line => line.Length > 120);
    }

    private static async Task HelpHasAsync(string command, string[] texts)
    {
        var run = await CommandLineRun.OfAsync(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.All(texts, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
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
