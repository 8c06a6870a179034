using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed partial class TerminalTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task On_a_terminal_progress_is_drawn_on_stderr_and_stdout_has_the_report_alone()
    {
        TestRun.Needs(File.Exists("/usr/bin/script"), "There is no script (util-linux) to make a terminal with.");
        _months.WithEveryKindOfLine();
        string output = Path.Combine(_months.Source, "report.json");
        string command = string.Join(
            ' ',
            ((string[])[.. CommandLineRun.Program, .. _months.Aggregate("--json")]).Select(Quoted));

        using var script = CommandLineRun.Start(
            "/usr/bin/script", ["-qec", $"{command} > {Quoted(output)}", "/dev/null"], ("TERM", "xterm"), ("CI", ""));
        var run = await CommandLineRun.EndOfAsync(script);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("2024-02 reading, [0-9]+ s", Text(run.Output));
        Assert.EndsWith("\e[?25h", run.Output.TrimEnd(), StringComparison.Ordinal);
        string report = await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"month\":\"2024-02\",\"status\":\"written\"", report, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_on_a_terminal_stops_cleanly_and_gives_the_cursor_back()
    {
        TestRun.Needs(File.Exists("/usr/bin/script"), "There is no script (util-linux) to make a terminal with.");
        _months.WriteLong();
        string[] aggregate = _months.Aggregate("--no-deduplicate", "--compression", "gzip");
        string command = string.Join(
            ' ', ((string[])[.. CommandLineRun.Program, .. aggregate]).Select(Quoted));

        string[] start = [.. StartedAs.Interruptible("INT", 2), "/usr/bin/script", "-qec", command, "/dev/null"];
        using var script = CommandLineRun.Start(
            start[0], start[1..], redirectInput: true, ("TERM", "xterm"), ("CI", ""));
        string drawn = "";
        char[] piece = new char[4096];
        while (!Text(drawn).Contains(" of 1,120 files, ", StringComparison.Ordinal))
        {
            int read = await script.StandardOutput.ReadAsync(piece, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            drawn += new string(piece, 0, read);
        }

        await script.StandardInput.WriteAsync("\u0003");
        await script.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var run = await CommandLineRun.EndOfAsync(script);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains(
            "error: cancelled before the commit of 2024-02, which is unchanged; nothing staged is left.",
            Text(run.Output), StringComparison.Ordinal);
        Assert.Contains("\e[?25h", run.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"2024-02 [0-9]+ of 1,120 files, [0-9.]+ of [0-9.,]+ [MG]B, [0-9,]+ events/s, [0-9]+ (s|min) left",
            Text(drawn + run.Output));
        Assert.Empty(_months.Written());
    }

    /// <summary>The text on the terminal, with one space for each gap.</summary>
    private static string Text(string output) =>
        string.Join(' ', Escape().Replace(output, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|=)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Escape();

    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
