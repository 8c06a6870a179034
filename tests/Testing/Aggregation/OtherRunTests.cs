using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A run that another run of the same month overtakes: with the same sources and settings it finds its own bytes and
/// succeeds. And what is new in a month, against the run before.
/// </summary>
public abstract class OtherRunTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/01/000000.ndjson";

    [Theory]
    [InlineData(0, "", Parquet0)]
    [InlineData(0, "a reject", Rejects0)]
    [InlineData(0, "a reject", Parquet0)]
    [InlineData(2, "", Parquet0)]
    [InlineData(2, "", Parquet1)]
    [InlineData(2, "a reject", Parquet1)]
    public async Task A_run_that_loses_to_one_of_the_same_fingerprint_reports_success(
        int rowsPerFile, string reject, string lostAt)
    {
        var options = new RunOptions { RowsPerFile = rowsPerFile };
        await PutAsync(Key, [.. Events(5), reject]);
        RunReport? winner = null;

        var report = await OvertakenAsync(options, lostAt, async () => winner = await OtherAsync(options));

        Assert.Equal((RunStatus.Written, RunStatus.WrittenByAnotherRun), (winner!.Status, report.Status));
        Assert.Equal((5L, reject.Length == 0 ? 0L : 1L), (report.Events, report.Rejects));
        Assert.Equal(
            report.Outputs.Select(output => output.Bytes),
            (await Destination.ListedAsync("2024/02/")).Select(found => found.Size));
        Assert.Empty(await LeftoversAsync());
    }

    [Theory]
    [InlineData("sources")]
    [InlineData("settings")]
    public async Task A_run_that_loses_to_one_of_other_sources_or_settings_fails_as_before(string difference)
    {
        await PutAsync(Key, Event("a"));

        var failure = await Assert.ThrowsAsync<CommitLostException>(
            () => OvertakenAsync(new RunOptions(), Parquet0, async () =>
            {
                if (difference == "sources")
                {
                    await PutAsync(Key, Event("a"), Event("b"));
                }

                await OtherAsync(new RunOptions { Codec = difference == "settings" ? Codec.None : Codec.Zstd });
            }));

        Assert.Contains("another run was faster", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The same fingerprint in the first file alone does not make a month.</summary>
    [Fact]
    public async Task A_run_that_loses_to_one_that_broke_off_after_its_first_file_fails()
    {
        var two = new RunOptions { RowsPerFile = 2 };
        await PutAsync(Key, Events(5));

        await Assert.ThrowsAsync<CommitLostException>(() => OvertakenAsync(two, Parquet0, async () =>
        {
            await OtherAsync(two);
            await Destination.DeleteAsync(Parquet1, Cancellation);
        }));
    }

    [Fact]
    public async Task Rejects_are_new_where_the_files_before_had_fewer()
    {
        await PutAsync(Key, Event("a"), "first");
        long first = (await RunAsync()).Report.NewRejects;
        long rerun = (await RunAsync()).Report.NewRejects;
        await PutAsync("2024/02/02/000000.ndjson", Event("b"), "second", "third");
        var more = (await RunAsync()).Report;
        await PutAsync(Key, Event("a"), Event("c"));
        long fewer = (await RunAsync()).Report.NewRejects;

        Assert.Equal((1, 0, 2, 0), (first, rerun, more.NewRejects, fewer));
        Assert.Equal(3, more.Rejects);
    }

    private Task<RunReport> OtherAsync(RunOptions options) =>
        new AggregationRun(Source, Destination, options, TimeProvider.System).RunAsync(new Unit(Month), Cancellation);

    /// <summary>A run that something overtakes before it completes a file.</summary>
    private Task<RunReport> OvertakenAsync(RunOptions options, string key, Func<Task> other)
    {
        bool isOvertaken = false;
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = completing =>
            {
                bool isFirst = completing == key && !isOvertaken;
                isOvertaken |= isFirst;
                return isFirst ? other() : Task.CompletedTask;
            },
        };
        return new AggregationRun(Source, overtaken, options, TimeProvider.System)
            .RunAsync(new Unit(Month), Cancellation);
    }
}
