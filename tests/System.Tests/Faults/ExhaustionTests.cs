using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// The machine runs out of disk space or memory: the month stays unchanged, and a rerun with enough of it succeeds.
/// </summary>
public sealed class ExhaustionTests : IDisposable
{
    /// <summary>Several times the memory that a run of this month needs.</summary>
    private const int MostHeapMebibytes = 128;

    /// <summary>SIGABRT.</summary>
    private const int Abort = 6;

    private readonly Months _months = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(1_200)]
    public async Task A_disk_that_is_full_fails_the_run_names_the_file_and_leaves_nothing_behind(int blocks)
    {
        TestRun.Needs(File.Exists("/bin/sh"), "There is no /bin/sh to set a limit with.");
        await PutMonthAsync();
        byte[] old = await File.ReadAllBytesAsync(_months.Parquet, Cancellation);

        // A limit on the size of files fails a write as a full disk does, and needs no disk. W^X is off, because with
        // it .NET maps its code from a file.
        string limit = $"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"";
        using var process = CommandLineRun.Start(
            "/bin/sh",
            ["-c", limit, "sh", .. CommandLineRun.Program, .. _months.Aggregate(
                "--compression", "none")],
            ("DOTNET_EnableWriteXorExecute", "0"));
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"error: {_months.Parquet}: it cannot be written: ", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
        await AssertOldAndMendedAsync(old);
    }

    /// <summary>
    /// Starts with far too little memory and adds 2 MiB each time until it is enough, so that memory runs out at many
    /// places.
    /// </summary>
    [Fact]
    public async Task Memory_that_runs_out_anywhere_fails_the_run_says_so_and_leaves_the_month_as_it_was()
    {
        await PutMonthAsync();
        byte[] old = await File.ReadAllBytesAsync(_months.Parquet, Cancellation);
        int failed = 0;
        bool isDone = false;
        for (int mebibytes = 4; !isDone; mebibytes += 2)
        {
            Assert.InRange(mebibytes, 4, MostHeapMebibytes);
            string[] before = _months.Written();
            var run = await CommandLineRun.OfAsync(
                [("DOTNET_GCHeapHardLimit", $"{mebibytes << 20:X}")], _months.Aggregate("--threads", "2"));

            isDone = run.ExitCode == 0;
            if (!isDone)
            {
                failed++;
                AssertOutOfMemory(run, before);
                Assert.Equal(old, await File.ReadAllBytesAsync(_months.Parquet, Cancellation));
            }
        }

        Assert.InRange(failed, 5, MostHeapMebibytes);
        AssertNew();
    }

    /// <summary>
    /// The tool's error; or the runtime's, if there is not even memory for that. Then the next run removes what was
    /// staged.
    /// </summary>
    private void AssertOutOfMemory(CommandLineRun run, string[] before)
    {
        Assert.Matches("Out ?[Oo]f ?[Mm]emory", run.Error);
        if (run.ExitCode == 1)
        {
            Assert.StartsWith("error: OutOfMemoryException: ", run.ErrorLines[0], StringComparison.Ordinal);
            Assert.Equal(before, _months.Written());
        }
        else
        {
            Assert.Equal(128 + Abort, run.ExitCode);
        }
    }

    private async Task PutMonthAsync()
    {
        _months.Write("2024/02/01/000000.ndjson.gz", Months.Event(1));
        Assert.Equal(0, (await _months.RunAsync()).ExitCode);
        _months.Write(
            "2024/02/01/000000.ndjson.gz", Enumerable.Range(0, 20_000).Select(number => Months.Event(number)));
    }

    private async Task AssertOldAndMendedAsync(byte[] old)
    {
        Assert.Equal(old, await File.ReadAllBytesAsync(_months.Parquet, Cancellation));
        Assert.Equal(0, (await _months.RunAsync()).ExitCode);
        AssertNew();
    }

    private void AssertNew()
    {
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
        Assert.Equal(
            [["20000"]],
            Sql.Rows($"SELECT count(*) FROM '{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}'"));
    }
}
