using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A run that does not get to its commit leaves the month unchanged, without a temporary file or an open upload,
/// whether an older run wrote the month or none did.
/// </summary>
public abstract class AbortedRunTests(MonthStores stores) : MonthTest(stores)
{
    private const string First = "2024/02/01/000000.ndjson.gz";
    private const string Last = "2024/02/29/000000.ndjson.gz";

    /// <summary>Where a run is interrupted.</summary>
    public enum Moment
    {
        FirstListing,
        ListingOfOutputs,
        OpeningTheFirst,
        OpeningTheLast,
        WritingTheRejects,
        WritingTheFirstBytes,
        WritingLaterBytes,
        WritingTheSecondFile,
        FinishingTheFirst,
        FinishingTheSecondFile,
        ListingBeforeTheCommit,
        CompletingTheFirst,
    }

    public static TheoryData<Moment, int, bool> Failures() =>
        new(from moment in Enum.GetValues<Moment>()
            from threads in (int[])[1, 2, 6]
            select (moment, threads, hasOlder: threads != 2));

    public static TheoryData<Moment, int, bool> Cancellations() =>
        new(Failures().Select(row => row.Data).Where(row => row.Item1 < Moment.CompletingTheFirst));

    [Theory]
    [MemberData(nameof(Cancellations))]
    public async Task A_cancelled_run_leaves_the_month_as_it_was(Moment moment, int threads, bool hasOlder)
    {
        using var cancellation = new CancellationTokenSource();
        var (source, destination) = await InterruptedAsync(moment, hasOlder, cancellation.Cancel);

        await FailsAsync<OperationCanceledException>(OptionsOf(threads), source, destination, cancellation.Token);

        Assert.True(cancellation.IsCancellationRequested);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_run_that_fails_leaves_the_month_as_it_was_and_tells_why(
        Moment moment, int threads, bool hasOlder)
    {
        string reason = $"{Destination.UriOf("k")}: no space left";
        var (source, destination) = await InterruptedAsync(
            moment, hasOlder, () => throw new AggregationException(reason));

        var failure = await FailsAsync(OptionsOf(threads), source, destination);

        Assert.Equal(reason, failure.Message);
    }

    [Fact]
    public async Task A_failure_that_no_store_explains_is_kept_as_the_cause()
    {
        var (source, destination) = await InterruptedAsync(
            Moment.WritingLaterBytes, hasOlder: true, () => throw new IOException("broken pipe"));

        var failure = await FailsAsync(OptionsOf(threads: 2), source, destination);

        Assert.Contains("broken pipe", failure.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(failure.InnerException);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_without_a_moment_to_lose_does_nothing(int threads)
    {
        await PutMonthAsync(hasOlder: true);

        await FailsAsync<OperationCanceledException>(
            OptionsOf(threads), cancellation: new CancellationToken(canceled: true));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_once_its_commit_has_started_finishes()
    {
        await PutMonthAsync(hasOlder: true);
        using var cancellation = new CancellationTokenSource();
        string[] completed = [];
        var destination = new InterruptedStore(Destination)
        {
            Completing = async key =>
            {
                completed = [.. completed, key];
                await cancellation.CancelAsync();
            },
        };
        var aggregation = new AggregationRun(Source, destination, OptionsOf(1), TimeProvider.System);

        var report = await aggregation.RunAsync(new Unit(Month), cancellation.Token);

        Assert.Equal(Rejects0, completed[0]);
        Assert.Equal(report.Outputs.Count + 1, completed.Length);
        Assert.Equal((await RunAsync(OptionsOf(1))).Files.Count, report.Outputs.Count);
    }

    [Fact]
    public async Task A_run_that_another_one_overtakes_leaves_the_others_file()
    {
        await PutAsync(First, Events(3));
        byte[] others = (await RunAsync(new RunOptions { Codec = CloudTrailAggregation.Parquet.Codec.None })).Files[0];
        await RunAsync();
        var destination = new InterruptedStore(Destination)
        {
            Completing = key => key == Parquet0 ? PutBytesAsync(Destination, key, others) : Task.CompletedTask,
        };
        var aggregation = new AggregationRun(
            Source, destination, new RunOptions { RowsPerFile = 1 }, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<CommitLostException>(
            () => aggregation.RunAsync(new Unit(Month), Cancellation));

        Assert.Contains("another run was faster", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Parquet0], await KeysAsync());
        Assert.Equal(others, await BytesAsync(Parquet0));
        Assert.Empty(await LeftoversAsync());
    }

    private static RunOptions OptionsOf(int threads) => new() { RowsPerFile = 700, Threads = threads };

    /// <summary>The month's stores, which interrupt a run at the moment.</summary>
    private async Task<(IObjectStore Source, IObjectStore Destination)> InterruptedAsync(
        Moment moment, bool hasOlder, Action interrupt)
    {
        await PutMonthAsync(hasOlder);
        var source = new InterruptedStore(Source)
        {
            Listing = (_, number) => At(number == 1 ? Moment.FirstListing : Moment.ListingBeforeTheCommit),
            Opening = key => At(key == First ? Moment.OpeningTheFirst : key == Last ? Moment.OpeningTheLast : null),
        };
        var destination = new InterruptedStore(Destination)
        {
            Listing = (_, _) => At(Moment.ListingOfOutputs),
            Writing = (key, position) => At(key switch
            {
                Rejects0 => Moment.WritingTheRejects,
                Parquet0 => position == 0 ? Moment.WritingTheFirstBytes : Moment.WritingLaterBytes,
                _ => Moment.WritingTheSecondFile,
            }).GetAwaiter().GetResult(),
            Finishing = key => At(
                key == Rejects0 ? Moment.FinishingTheFirst : key == Parquet1 ? Moment.FinishingTheSecondFile : null),
            Completing = _ => At(Moment.CompletingTheFirst),
        };
        return (source, destination);

        Task At(Moment? reached)
        {
            if (reached == moment)
            {
                interrupt();
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Puts a month of several chunks, which the options used here make several files, after a run over an older one if
    /// asked to.
    /// </summary>
    private async Task PutMonthAsync(bool hasOlder)
    {
        await PutAsync(First, Event("a"), "old reject");
        if (hasOlder)
        {
            await RunAsync();
        }

        await PutAsync(First, [.. LargeEvents(1_300), "new reject"]);
        await PutAsync(Last, Event("z"), "last reject");
    }
}
