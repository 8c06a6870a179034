using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

public sealed class RivalRunsInDirectories() : RivalRunTests(new DirectoryMonthStores())
{
    protected override IObjectStore Through(IObjectStore store) => store;
}

public sealed class RivalRunsInS3(S3Server server) : RivalRunTests(new S3MonthStores(server))
{
    // One for both runs: it completes one upload at a time.
    private readonly Lazy<FaultProxy> _proxy = new(() => new FaultProxy(server.EndpointUrl));

    public override async ValueTask DisposeAsync()
    {
        if (_proxy.IsValueCreated)
        {
            await _proxy.Value.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    /// <summary>Through the proxy, moto's completion is conditional as on AWS.</summary>
    protected override IObjectStore Through(IObjectStore store)
    {
        var direct = (S3Store)store;
        return new S3Store(_proxy.Value.Client(), direct.Bucket, direct.FullKeyOf(""));
    }
}

/// <summary>
/// Two runs of one month at the same time: one wins, or they run in turn. The one that loses says so, and the month is
/// that of one run.
/// </summary>
public abstract class RivalRunTests(MonthStores stores) : MonthTest(stores)
{
    private const string First = "2024/02/01/000000.ndjson.gz";

    private static readonly RunOptions One = new(), Other = new() { Codec = Codec.None };

    /// <summary>The store that a run uses.</summary>
    protected abstract IObjectStore Through(IObjectStore store);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_runs_one_wins_and_a_reader_never_sees_a_mixture(bool hasOlder)
    {
        await PutAsync(First, [.. LargeEvents(60), "a reject"]);
        string[] whole = [await SnapshotAfterAsync(One), await SnapshotAfterAsync(Other)];
        int rounds = 0, lost = 0;
        var random = new Random();
        // Repeats until one run loses, because on an idle machine the runs may take turns.
        for (; rounds < TestRun.Rounds(8) || (lost == 0 && rounds < 500); rounds++)
        {
            if (!hasOlder)
            {
                await ClearAsync();
            }

            var offset = TimeSpan.FromMilliseconds(random.Next(20));
            // Without replace a run would find the month unchanged after its own kind has won.
            var runs = new[]
            {
                RivalAsync(One with { Replace = true }, TimeSpan.Zero),
                RivalAsync(Other with { Replace = true }, offset),
            };
            while (!Task.WhenAll(runs).IsCompleted)
            {
                AssertWhole(await SeenAsync(), whole);
            }

            bool[] won = await Task.WhenAll(runs);

            Assert.Contains(true, won);
            lost += won.Count(run => !run);
            Assert.Contains(await ContentAsync(), whole);
            Assert.Empty(await LeftoversAsync());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {lost} lost");
        Assert.NotEqual(0, lost);
    }

    [Fact]
    public async Task A_run_that_finds_the_existing_file_replaced_when_it_looks_into_it_looks_again()
    {
        await PutAsync(First, Events(3));
        byte[] faster = (await RunAsync(Other)).Files[0];
        await RunAsync(new RunOptions { Codec = Codec.Gzip });
        bool isReplaced = false;
        var overtaken = new InterruptedStore(Destination)
        {
            Reading = _ =>
            {
                bool isFirst = !isReplaced;
                isReplaced = true;
                return isFirst ? PutBytesAsync(Destination, Parquet0, faster) : Task.CompletedTask;
            },
        };

        var result = await RunAsync(One, destination: overtaken);

        Assert.True(isReplaced);
        Assert.Equal((RunStatus.Written, 3), (result.Report.Status, result.Report.Events));
    }

    [Fact]
    public async Task A_run_that_finds_the_existing_file_replaced_whenever_it_looks_says_that_another_was_faster()
    {
        await PutAsync(First, Events(3));
        byte[][] rivals =
        [
            (await RunAsync(Other)).Files[0], (await RunAsync(new RunOptions { Codec = Codec.Gzip })).Files[0],
        ];
        await RunAsync();
        int looks = 0;
        var overtaken = new InterruptedStore(Destination)
        {
            Reading = _ => PutBytesAsync(Destination, Parquet0, rivals[looks++ % 2]),
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(
            () => new AggregationRun(Source, overtaken, One, TimeProvider.System)
                .RunAsync(new Unit(Month), Cancellation));

        Assert.StartsWith(
            $"{Destination.UriOf("2024/02/")}: another run was faster: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, looks);
        Assert.Equal(rivals[0], await BytesAsync(Parquet0));
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task A_month_that_another_run_turns_into_days_while_this_one_plans_stays_in_days()
    {
        await PutAsync(First, [.. Events(3), "a reject"]);
        await RunAsync(One);
        bool isReplaced = false;
        var overtaken = new InterruptedStore(Destination)
        {
            Reading = async _ =>
            {
                if (!isReplaced)
                {
                    isReplaced = true;
                    await new MonthRun(
                        Source, Destination, One with { Unit = UnitKind.Day, Replace = true }, TimeProvider.System)
                        .RunAsync(Month, Cancellation);
                }
            },
        };

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => new AggregationRun(Source, overtaken, Other, TimeProvider.System)
                .RunAsync(new Unit(Month), Cancellation));

        Assert.Contains("it is a file of a day, and this run writes the whole month", failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(
            ["2024/02/01/000000.parquet", "_rejected/2024/02/01/000000.ndjson.gz"], await KeysAsync());
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task The_rejects_of_a_run_that_loses_to_one_without_rejects_go()
    {
        await PutAsync(First, Event("a"), "a reject");
        var mended = new InterruptedStore(Destination)
        {
            Completing = async key =>
            {
                if (key != Parquet0)
                {
                    return;
                }

                await PutAsync(First, Event("a"), Event("b"));
                await new AggregationRun(Source, Destination, One, TimeProvider.System)
                    .RunAsync(new Unit(Month), Cancellation);
            },
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(
            () => new AggregationRun(Source, mended, One, TimeProvider.System).RunAsync(new Unit(Month), Cancellation));

        Assert.Matches("another run was faster: .* Nothing was changed\\.$", failure.Message);
        Assert.Equal([Parquet0], await KeysAsync());
        Assert.Equal(["a", "b"], Ids(DuckDbRows.Read([await BytesAsync(Parquet0)])));
    }

    [Fact]
    public async Task The_rejects_of_the_run_that_won_stay_although_the_loser_had_written_its_own_first()
    {
        await PutAsync(First, Event("a"), "a reject");
        var winner = new AggregationRun(Source, Destination, Other, TimeProvider.System);
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = key => key == Parquet0 ? winner.RunAsync(new Unit(Month), Cancellation) : Task.CompletedTask,
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(() =>
            new AggregationRun(Source, overtaken, One, TimeProvider.System).RunAsync(new Unit(Month), Cancellation));

        Assert.Matches("another run was faster: .* Nothing was changed\\.$", failure.Message);
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task Rejects_that_cannot_be_taken_back_are_named()
    {
        await PutAsync(First, Event("a"), "a reject");
        byte[] faster = (await RunAsync(Other)).Files[0];
        await ClearAsync();
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = key => key == Parquet0 ? PutBytesAsync(Destination, key, faster) : Task.CompletedTask,
            TakingBack = key => throw new AggregationException($"{key}: it cannot be deleted."),
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(() =>
            new AggregationRun(Source, overtaken, One, TimeProvider.System).RunAsync(new Unit(Month), Cancellation));

        Assert.EndsWith(
            $"Already written by this run: {Destination.UriOf(Rejects0)}. Run the month again: "
            + "that makes all its files one run's.",
            failure.Message, StringComparison.Ordinal);
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
    }

    [Fact]
    public async Task Rejects_that_a_run_replaced_before_it_lost_are_named_and_a_rerun_mends_them()
    {
        await PutAsync(First, Event("a"), "a reject");
        await RunAsync();
        byte[] faster = (await RunAsync(Other)).Files[0];
        await RunAsync();
        await PutAsync(First, Event("a"), Event("b"), "another reject");
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = key => key == Parquet0 ? PutBytesAsync(Destination, key, faster) : Task.CompletedTask,
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(() =>
            new AggregationRun(Source, overtaken, One, TimeProvider.System).RunAsync(new Unit(Month), Cancellation));
        byte[] rejects = await BytesAsync(Rejects0);
        var rerun = await RunAsync();

        Assert.EndsWith(
            $"Already written by this run: {Destination.UriOf(Rejects0)}. Run the month again: "
            + "that makes all its files one run's.",
            failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["another reject"],
            KeptReject.Parse(rejects).Select(reject => System.Text.Encoding.UTF8.GetString(reject.Bytes)));
        Assert.Equal((2, 1), (rerun.Report.Events, rerun.Report.Rejects));
    }

    [Fact]
    public async Task A_run_of_several_files_that_loses_at_a_later_one_names_what_it_has_replaced()
    {
        await PutAsync(First, Events(4));
        var two = new RunOptions { RowsPerFile = 2 };
        await RunAsync(two);
        byte[] others = (await RunAsync(two with { Codec = Codec.None })).Files[1];
        var overtaken = new InterruptedStore(Destination)
        {
            Completing = key =>
                key == Parquet1 ? PutBytesAsync(Destination, key, [.. others, .. "later"u8]) : Task.CompletedTask,
        };

        var failure = await Assert.ThrowsAsync<CommitLostException>(() =>
            new AggregationRun(Source, overtaken, two, TimeProvider.System).RunAsync(new Unit(Month), Cancellation));

        Assert.EndsWith(
            $"Already written by this run: {Destination.UriOf(Parquet0)}. Run the month again: "
            + "that makes all its files one run's.",
            failure.Message, StringComparison.Ordinal);
    }

    private async Task<bool> RivalAsync(RunOptions options, TimeSpan offset)
    {
        await Task.Delay(offset, Cancellation);
        try
        {
            await Task.Run(
                () => new AggregationRun(Through(Source), Through(Destination), options, TimeProvider.System)
                    .RunAsync(new Unit(Month), Cancellation),
                Cancellation);
            return true;
        }
        catch (CommitLostException lost)
        {
            Assert.Contains("another run was faster", lost.Message, StringComparison.Ordinal);
            return false;
        }
    }

    /// <summary>The hash of the month's only Parquet file, as a reader finds it; null if it does not exist.</summary>
    private async Task<string> SeenAsync()
    {
        try
        {
            return (await Destination.ListedAsync(Parquet0)) is [var found] ? await HashAsync(found) : "";
        }
        catch (AggregationException)
        {
            // Replaced between the listing and the read; a reader starts again.
            return "";
        }
    }

    private static void AssertWhole(string seen, string[] snapshots) =>
        Assert.Contains(snapshots, snapshot => snapshot.Contains(seen, StringComparison.Ordinal));

    private async Task<string> SnapshotAfterAsync(RunOptions options)
    {
        await ClearAsync();
        await RunAsync(options);
        return await ContentAsync();
    }

    private async Task<string> ContentAsync() => string.Join(", ", await HashesAsync());
}
