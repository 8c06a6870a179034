using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The steps of a run and their threads, with sources and steps of these tests.</summary>
public sealed class PipelineTests
{
    private const int Sources = 120;

    private readonly SourceListing _sources = ListingOf(Sources);
    private readonly List<(int Source, bool Ends)> _entered = [];
    private readonly List<(int Source, bool Ends)> _written = [];

    public static TheoryData<int> Threads => [1, 2, 3, 6];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Threads))]
    public async Task Batches_are_entered_and_written_in_the_order_of_the_sources(int threads)
    {
        await RunAsync(threads);

        var batches = Enumerable.Range(0, Sources).SelectMany(source => new[] { (source, false), (source, true) });
        Assert.Equal(batches, _entered);
        Assert.Equal(batches, _written);
    }

    [Fact]
    public async Task Workers_enter_ahead_of_the_writer()
    {
        int ahead = 0;

        await RunAsync(threads: 3, write: _ =>
        {
            Thread.Sleep(5);
            lock (_entered)
            {
                ahead = Math.Max(ahead, _entered.Count - _written.Count);
            }
        });

        Assert.InRange(ahead, 2, 2 * Sources);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(6, 8)]
    public async Task More_than_four_threads_write_up_to_eight_batches_together(int threads, int together)
    {
        int most = 0;

        await RunAsync(threads, write: _ => Thread.Sleep(2), together: count => most = Math.Max(most, count));

        Assert.Equal(together, most);
    }

    /// <summary>An upload that a step starts and waits for goes on while all workers wait.</summary>
    [Fact]
    public async Task What_a_step_starts_does_not_wait_for_a_worker()
    {
        bool ended = true;

        await RunAsync(threads: 2, enter: _ => ended &= YieldAsync().Wait(TimeSpan.FromSeconds(30)), write: _ =>
            Thread.Sleep(5));

        Assert.True(ended);

        static async Task YieldAsync() => await Task.Yield();
    }

    [Theory]
    [MemberData(nameof(Threads))]
    public async Task Of_several_failures_the_first_in_the_order_of_the_sources_is_thrown(int threads)
    {
        var entering = await FailsAsync(threads, enterAt: 7, writeAt: 9);
        var (entered, written) = (_entered[^1], _written[^1]);
        var writing = await FailsAsync(threads, enterAt: 9, writeAt: 7);

        Assert.Equal("entering 7", entering.Message);
        Assert.Equal((6, true), entered);
        Assert.Equal((6, true), written);
        Assert.Equal("writing 7", writing.Message);
        Assert.Equal((6, true), _written[^1]);
    }

    /// <summary>
    /// The batches are freed at the end, and may no longer be in use. Here a worker enters batch after batch, because
    /// it was slow to read the first, while its own batch is written, filled and read again.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task After_a_failure_no_step_runs_any_more(int threads)
    {
        for (int round = 0; round < TestRun.Rounds(10); round++)
        {
            using var entering = new ManualResetEventSlim();
            bool ended = false;

            await Assert.ThrowsAsync<AggregationException>(() => RunAsync(
                threads,
                read: source => Thread.Sleep(source == 0 ? 10 : 0),
                enter: source =>
                {
                    if (source == 5)
                    {
                        entering.Set();
                        Thread.Sleep(30);
                        ended = true;
                    }
                },
                write: source =>
                {
                    Thread.Sleep(2);
                    bool fails = source == 4;
                    _ = fails && entering.Wait(50);
                    ThrowIf(fails, "writing");
                }));

            Assert.Equal(entering.IsSet, ended);
        }
    }

    private Task<AggregationException> FailsAsync(int threads, int enterAt, int writeAt) =>
        Assert.ThrowsAsync<AggregationException>(() => RunAsync(
            threads,
            enter: source => ThrowIf(source == enterAt, $"entering {source}"),
            write: source =>
            {
                Thread.Sleep(5);
                ThrowIf(source == writeAt, $"writing {source}");
            }));

    private static void ThrowIf(bool fails, string message)
    {
        if (fails)
        {
            throw new AggregationException(message);
        }
    }

    private async Task RunAsync(
        int threads, Action<int>? read = null, Action<int>? enter = null, Action<int>? write = null,
        Action<int>? together = null)
    {
        _entered.Clear();
        _written.Clear();
        var steps = new Steps(
            Create: () => new EventBatch(_sources.Unit),
            Open: source => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes($"{source.Place}\n"))),
            OpenAgain: null,
            Read: batch => read?.Invoke(batch.Source.Place),
            Enter: batch =>
            {
                enter?.Invoke(batch.Source.Place);
                lock (_entered)
                {
                    _entered.Add((batch.Source.Place, batch.EndsSource));
                }
            },
            Write: batches =>
            {
                together?.Invoke(batches.Count);
                foreach (var batch in batches)
                {
                    write?.Invoke(batch.Source.Place);
                    lock (_entered)
                    {
                        Assert.Equal(_entered[_written.Count], (batch.Source.Place, batch.EndsSource));
                        _written.Add((batch.Source.Place, batch.EndsSource));
                    }
                }
            });
        await new Pipeline(threads).RunAsync(_sources, steps, Cancellation);
    }

    private static SourceListing ListingOf(int sources)
    {
        var unit = new Unit(new Month(2024, 2));
        var folder = new ListedFolder(unit.Prefix, SourceNames.Daily);
        for (int source = 0; source < sources; source++)
        {
            folder.Add(new StoredObject($"{unit.Prefix}05/{source:D6}.ndjson", 3, "etag"));
        }

        folder.Close();
        return new SourceListing(
            new MadeUpTrail(0, 0, 0), unit, new SourceSelection { Layout = SourceLayout.Daily }, lastDayDue: 29,
            [folder]);
    }
}
