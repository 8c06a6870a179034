using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

public sealed class InterruptionTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData("INT", 2, "1")]
    [InlineData("INT", 2, "2")]
    [InlineData("TERM", 15, "2")]
    public async Task A_run_that_is_stopped_leaves_the_month_as_it_was_and_nothing_half_done(string signal, int number, string threads)
    {
        Assert.SkipUnless(File.Exists("/bin/kill"), "There is no /bin/kill to send a signal with.");
        Assert.SkipWhen(IsIgnored(number), $"SIG{signal} is ignored by what started the tests, and by each process below it.");
        _months.Write("2024/02/01/000000.ndjson", Months.Event(0));
        await _months.RunAsync();
        byte[] standing = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        WriteLongMonth();

        // Slow to compress: it is under way for a minute.
        string[] arguments = _months.Aggregate("--threads", threads, "--no-deduplicate", "--compression", "gzip");
        using var process = CommandLineRun.Start("dotnet", ["exec", CommandLineRun.Assembly, .. arguments]);
        string? progress;
        do
        {
            progress = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (progress is not null && !progress.Contains("files", StringComparison.Ordinal));

        string[] whileRunning = _months.Written();
        using (var kill = Process.Start("/bin/kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var run = await CommandLineRun.EndOfAsync(process);

        Assert.Matches("^2024-02: [0-9]+ of 1,120 files, [0-9.]+ [kMG]B of [0-9.]+ [MG]B, [0-9,]+ events, [0-9]+ s$", progress);
        Assert.Equal(2, whileRunning.Length);
        Assert.Equal((128 + number, ""), (run.ExitCode, run.Output));
        Assert.Equal("error: cancelled before the commit: nothing was changed, and nothing half-done is left.", Assert.Single(run.ErrorLines));
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
        Assert.Equal(standing, await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken));
    }

    /// <summary>One file of 20,000 events, 1,120 times by links.</summary>
    private void WriteLongMonth()
    {
        string file = _months.Write("2024/02/01/000000.ndjson", Enumerable.Range(0, 20_000).Select(number => Months.Event(number)));
        for (int link = 1; link < 28 * 40; link++)
        {
            string path = Path.Combine(_months.Source, $"2024/02/{1 + (link / 40):00}/{link % 40:000000}.ndjson");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, file);
        }
    }

    /// <summary>A shell without job control starts what runs in the background with SIGINT ignored, and that is inherited.</summary>
    private static bool IsIgnored(int signal)
    {
        string? ignored = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return ignored is not null && ((ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
    }
}
