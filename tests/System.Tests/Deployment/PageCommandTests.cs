using System.Text.RegularExpressions;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// The pages' commands in a POSIX shell, with an aws that writes down how it was called and gives prepared answers:
/// what moto cannot show.
/// </summary>
public sealed partial class PageCommandTests : IDisposable
{
    private const string Deploy = "deploy", Operate = "operate";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Words that only some shells and systems know, and what each of these has instead.</summary>
    [Theory]
    [InlineData("sha256sum", "older macOS has no sha256sum")]
    [InlineData("logs tail", "AWS CLI 1 has no logs tail")]
    [InlineData("arn:aws:", "China and GovCloud are other partitions")]
    [InlineData("..", "a range in braces is not POSIX")]
    [InlineData("sleep 5", "a fixed wait races the statement")]
    [InlineData(
        "lambda invoke", "a second attempt is a second run", "AWS_MAX_ATTEMPTS=1 aws lambda invoke",
        "--invocation-type Event")]
    public void Commands_run_on_every_system_and_in_every_partition(string word, string why, params string[] allowed)
    {
        string[] lines =
        [
            .. new[] { Deploy, "scale", "cross-account", Operate, "migration-from-python" }.SelectMany(Blocks)
                .SelectMany(block => block.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')),
        ];

        Assert.All(
            lines.Where(line => line.Contains(word, StringComparison.Ordinal)),
            line => Assert.True(
                allowed.Any(form => line.Contains(form, StringComparison.Ordinal)), $"{why}: {line}"));
    }

    [Fact]
    public void Every_query_of_the_pages_asks_the_table_that_the_ddl_creates()
    {
        string[] asked =
        [
            .. Directory.EnumerateFiles(Repository.File("docs"), "*.md").Append(Repository.File("queries.sql"))
                .SelectMany(file => AskedTable().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups["table"].Value),
        ];

        Assert.Contains("cloudtrail_events", asked);
        Assert.All(asked, table => Assert.Equal("cloudtrail_events", table));
    }

    /// <summary>Athena takes one statement at a time, and some clients join its lines.</summary>
    [Fact]
    public void Each_statement_of_the_queries_is_one_without_the_comment_before_it()
    {
        string[] statements = [.. Statement().Matches(File.ReadAllText(Repository.File("queries.sql")))
            .Select(match => match.Value)];

        Assert.Equal(10, statements.Length);
        Assert.All(statements, statement => Assert.DoesNotContain("--", statement, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_loop_over_past_months_asks_for_each_month_once()
    {
        var (exitCode, calls, _) = await ShAsync(Block(Operate, "for month in"), "true");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            Enumerable.Range(1, 12).Select(month => $$"""{"month":"2023-{{month:00}}"}"""),
            calls.Select(call => Payload().Match(call).Value));
    }

    [Fact]
    public async Task Function_and_layer_get_keys_that_tell_their_builds_apart()
    {
        Directory.CreateDirectory(_directory["out"]);
        string[] keys = [await KeysAsync("one"), await KeysAsync("two"), await KeysAsync("one")];

        Assert.Matches(
            "^cloudtrail/parquetsharp-layer-arm64-[0-9a-f]{12}[.]zip "
            + "cloudtrail/cloudtrail-aggregation-arm64-[0-9a-f]{12}[.]zip$",
            keys[0]);
        Assert.NotEqual(keys[0], keys[1]);
        Assert.Equal(keys[0], keys[2]);
    }

    [Fact]
    public async Task A_query_starts_when_the_table_is_there()
    {
        var (exitCode, calls, _) = await ShAsync(
            Block(Deploy, "athena() {") + Block(Deploy, "athena \"$(sed"),
            Answers("QUEUED RUNNING SUCCEEDED SUCCEEDED"));

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [
                "start-query-execution", "get-query-execution", "get-query-execution", "get-query-execution",
                "start-query-execution", "get-query-execution", "get-query-results",
            ],
            calls.Select(call => call.Split(' ')[1]));
        Assert.StartsWith(
            "athena start-query-execution --query-string CREATE EXTERNAL TABLE cloudtrail_events (", calls[0],
            StringComparison.Ordinal);
        Assert.DoesNotContain("MY_BUCKET", calls[0], StringComparison.Ordinal);
        Assert.DoesNotContain(
            "-- ", calls[0].Split("TBLPROPERTIES")[1].Split(" --query ")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_fails_says_why_and_no_query_follows()
    {
        var (exitCode, calls, output) = await ShAsync(
            Block(Deploy, "athena() {") + Block(Deploy, "athena \"$(sed"), Answers("RUNNING FAILED"));

        Assert.NotEqual(0, exitCode);
        Assert.Equal("the reason of the failure\n", output);
        Assert.Single(calls, call => call.Contains("start-query-execution", StringComparison.Ordinal));
    }

    private async Task<string> KeysAsync(string build)
    {
        await File.WriteAllTextAsync(_directory["out/parquetsharp-layer-arm64.zip"], "layer " + build);
        await File.WriteAllTextAsync(_directory["out/cloudtrail-aggregation-arm64.zip"], "function " + build);
        var (exitCode, _, output) = await ShAsync(
            Block(Deploy, "LAYER_KEY=") + "echo \"$LAYER_KEY $CODE_KEY\"\n", "true");
        Assert.Equal(0, exitCode);
        return output.TrimEnd('\n');
    }

    /// <summary>An aws whose queries have these states, one after the other.</summary>
    private static string Answers(string states) => $$"""
        case $* in
            *StateChangeReason*) echo "the reason of the failure" ;;
            *Status.State*)
                [ -f states ] || echo {{states}} | tr ' ' '\n' > states
                head -n 1 states; sed -i.bak 1d states ;;
            *start-query*) echo query-id ;;
        esac
        """;

    /// <summary>Runs a script in sh, in a directory with table.ddl.</summary>
    /// <returns>The exit code, the calls of aws, each on one line, and the output.</returns>
    private async Task<(int ExitCode, string[] Calls, string Output)> ShAsync(string script, string aws)
    {
        await File.WriteAllTextAsync(_directory["calls"], "");
        File.Copy(Repository.File("table.ddl"), _directory["table.ddl"], overwrite: true);
        string all = $"aws() {{\necho \"$*\" | tr '\\n' ' ' >> calls; echo >> calls\n{aws}\n}}\n"
            + $"sleep() {{ :; }}\n{script}";
        var (exitCode, output, error) = await Command.RunAsync(
            "sh", ["-c", all], directory: _directory.Path,
            environment: [("STACK", "stack"), ("CODE_BUCKET", "code"), ("DST_BUCKET", "months")]);
        Assert.Equal("", error);
        return (exitCode, await File.ReadAllLinesAsync(_directory["calls"]), output);
    }

    /// <summary>The block of a page that contains a text.</summary>
    private static string Block(string page, string text) =>
        Assert.Single(Blocks(page), block => block.Contains(text, StringComparison.Ordinal));

    private static IEnumerable<string> Blocks(string page) =>
        ShellBlock().Matches(File.ReadAllText(Repository.File("docs", page + ".md")))
            .Select(match => match.Groups["text"].Value);

    [GeneratedRegex(
        @"^```sh\n(?<text>.*?)^```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"\{.*?\}", RegexOptions.None, 1000)]
    private static partial Regex Payload();

    /// <summary>A table in a query for Athena, which has the partitions year and month.</summary>
    [GeneratedRegex(
        @"FROM\s+(?<table>cloudtrail\w*)\s+WHERE\s+\(?year\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AskedTable();

    /// <summary>From the first word of a statement, at the start of a line, to its semicolon.</summary>
    [GeneratedRegex(@"^(SELECT|WITH)\b[^;]*;", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Statement();
}
