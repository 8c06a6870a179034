using Xunit;

namespace CloudTrailAggregation.Tests.Local;

public sealed class TerminalTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task On_a_terminal_progress_is_drawn_on_stderr_and_stdout_has_the_report_alone()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no script (util-linux) to make a terminal with.");
        _months.WithEveryKindOfLine();
        string output = Path.Combine(_months.Source, "report.json");
        string command = string.Join(' ', ((string[])["dotnet", "exec", CommandLineRun.Assembly, .. _months.Aggregate("--json")]).Select(Quoted));

        using var script = CommandLineRun.Start("/usr/bin/script", ["-qec", $"{command} > {Quoted(output)}", "/dev/null"], ("TERM", "xterm"), ("CI", ""));
        var run = await CommandLineRun.EndOfAsync(script);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2024-02: reading, 0 s", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h", run.Output.TrimEnd(), StringComparison.Ordinal);
        string report = await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"month\":\"2024-02\",\"status\":\"written\"", report, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", report, StringComparison.Ordinal);
    }

    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
