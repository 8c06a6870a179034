using System.Text.RegularExpressions;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>A power failure leaves the old file or the new one, whole. The system calls of a run prove it.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed partial class DurabilityTests : IDisposable
{
    private readonly Months _months = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("strace");

    public void Dispose()
    {
        _months.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_file_is_written_through_to_the_disk_before_it_is_renamed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "strace is a program of Linux.");
        await Command.NeedsAsync("apt-get install strace", "strace", "-o", "/dev/null", "true");
        string trace = Path.Combine(_directory.FullName, "trace");
        _months.WithEveryKindOfLine();

        using var process = CommandLineRun.Start(
            "strace",
            [
                "-f", "-y", "-s", "4096", "-o", trace,
                "-e", "trace=write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat",
                .. CommandLineRun.Program, .. _months.Aggregate("--rows-per-file", "2"),
            ]);
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.True(run.ExitCode == 0, run.Error);
        var calls = (await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken))
            .Select(line => Call().Match(line)).Where(call => call.Success).ToArray();
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        int renamed = 0;
        foreach (var call in calls)
        {
            string name = call.Groups["name"].Value, partial = call.Groups["partial"].Value;
            if (name.StartsWith("rename", StringComparison.Ordinal)
                || name.StartsWith("link", StringComparison.Ordinal))
            {
                renamed++;
                Assert.Contains(last[partial], (string[])["fsync", "fdatasync"]);
            }

            last[partial] = name;
        }

        // Two Parquet files of two events each, and one reject file.
        Assert.Equal(
            ["2024/02/000000.parquet", "2024/02/000001.parquet", "_rejected/2024/02/000000.ndjson.gz"],
            _months.Written());
        Assert.Equal(3, renamed);
    }

    /// <summary>A call on a temporary file: <c>fsync(7&lt;/…/.000000.parquet.….partial&gt;) = 0</c>.</summary>
    [GeneratedRegex(
        @"^[0-9]+ +(?<name>[a-z0-9]+)\(([0-9]+<|[^""]*"")(?<partial>[^"">]*\.partial)", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Call();
}
