using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>What the machine can run out of: room for the file, memory. The month stays as it was, and a rerun with enough makes it new.</summary>
public sealed class ExhaustionTests : IDisposable
{
    private readonly Months _months = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _months.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(1_200)]
    public async Task A_disk_that_is_full_fails_the_run_names_the_file_and_leaves_nothing_behind(int blocks)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "There is no /bin/sh to set a limit with.");
        await PutMonthAsync();
        byte[] old = await File.ReadAllBytesAsync(_months.Parquet, Cancellation);

        // A limit on a file's size fails a write as a full disk does, and needs no disk. .NET's own code goes past a file then.
        string limit = $"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"";
        using var process = CommandLineRun.Start(
            "/bin/sh", ["-c", limit, "sh", "dotnet", "exec", CommandLineRun.Assembly, .. _months.Aggregate("--compression", "none")], ("DOTNET_EnableWriteXorExecute", "0"));
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"error: {_months.Parquet}: it cannot be written: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        await AssertOldAndMendedAsync(old);
    }

    [Theory]
    [InlineData("400000")]
    [InlineData("800000")]
    [InlineData("A00000")]
    public async Task Memory_that_runs_out_fails_the_run_and_leaves_the_month_as_it_was(string heapBytes)
    {
        await PutMonthAsync();
        byte[] old = await File.ReadAllBytesAsync(_months.Parquet, Cancellation);

        var run = await CommandLineRun.OfAsync([("DOTNET_GCHeapHardLimit", heapBytes)], _months.Aggregate("--threads", "2"));

        Assert.NotEqual(0, run.ExitCode);
        await AssertOldAndMendedAsync(old);
    }

    private async Task PutMonthAsync()
    {
        _months.Write("2024/02/01/000000.ndjson.gz", Months.Event(1));
        Assert.Equal(0, (await _months.RunAsync()).ExitCode);
        _months.Write("2024/02/01/000000.ndjson.gz", Enumerable.Range(0, 20_000).Select(number => Months.Event(number)));
    }

    private async Task AssertOldAndMendedAsync(byte[] old)
    {
        Assert.Equal(old, await File.ReadAllBytesAsync(_months.Parquet, Cancellation));
        Assert.Equal(0, (await _months.RunAsync()).ExitCode);
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
        Assert.Equal([["20000"]], Sql.Rows($"SELECT count(*) FROM '{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}'"));
    }
}
