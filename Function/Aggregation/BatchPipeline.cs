using System.Threading.Channels;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Takes a month's batches through their steps: fill (gunzip, lines, hashes), mark duplicates, read events, enter in
/// the ledger, append to the files. With one thread each batch in turn. With more, sources are filled ahead and events
/// read beside one another; duplicates, ledger and files keep the order of the sources, and so does the output.
/// </summary>
internal sealed class BatchPipeline(
    IObjectStore store, MonthPlan plan, AggregationOptions options, TaskScheduler? others, LineLedger ledger, PartFiles files)
{
    private IReadOnlyList<StoredObject> Sources => plan.Sources.Objects;

    /// <exception cref="AggregationException">A source cannot be read whole, or a file not be written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var readAhead = new ReadAhead(store, Sources, cancellation);
        using var duplicates = options.Deduplicate ? new DuplicateFilter() : null;
        await (others is null ? RunByTurnsAsync(readAhead, duplicates, cancellation) : RunAheadAsync(others, readAhead, duplicates, cancellation));
    }

    private async Task RunByTurnsAsync(ReadAhead readAhead, DuplicateFilter? duplicates, CancellationToken cancellation)
    {
        using var batch = new EventBatch(plan.Month);
        for (int source = 0; source < Sources.Count; source++)
        {
            await using var reader = await OpenAsync(source, readAhead, duplicates);
            do
            {
                await reader.FillAsync(batch, cancellation);
                duplicates?.Mark(batch.Lines, DayOf(source));
                batch.ReadEvents();
                Write(batch);
            }
            while (!batch.EndsSource);
        }
    }

    private async Task RunAheadAsync(
        TaskScheduler scheduler, ReadAhead readAhead, DuplicateFilter? duplicates, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = ReadingLane.For(plan.Month, options.Threads);
        var read = Channel.CreateUnbounded<EventBatch>();
        Task[] ahead =
        [
            .. lanes.Select((lane, first) => Start(scheduler, () => lane.FillAsync(
                Enumerable.Range(0, Sources.Count).Where(source => source % lanes.Length == first),
                source => OpenAsync(source, readAhead, duplicates),
                stop.Token))),
            Start(TaskScheduler.Default, () => MarkAsync(lanes, duplicates, read.Writer, scheduler)),
        ];
        try
        {
            await Task.Factory.StartNew(
                () => WriteAll(read.Reader, lanes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(ahead);
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Marks duplicates in the order of the sources and has events read on the scheduler. Failures go to the channel.
    /// It is no work to speak of, but everything waits for it: queued behind a lane, which fills all its batches in one go,
    /// it would let the writer run dry each time.
    /// </summary>
    private async Task MarkAsync(ReadingLane[] lanes, DuplicateFilter? duplicates, ChannelWriter<EventBatch> read, TaskScheduler scheduler)
    {
        Exception? failure = null;
        try
        {
            for (int source = 0; source < Sources.Count; source++)
            {
                bool ends;
                do
                {
                    var batch = await LaneOf(source, lanes).NextAsync();
                    duplicates?.Mark(batch.Lines, DayOf(source));
                    batch.StartReading(scheduler);

                    // Once passed on it is no longer ours: it may be written and filled again before the next line.
                    ends = batch.EndsSource;
                    _ = read.TryWrite(batch);
                }
                while (!ends);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        read.Complete(failure);
    }

    /// <summary>
    /// Writes batch after batch on the thread it is called on, blocking: the allocator of pages keeps an arena for each
    /// thread that it sees, and a writer that moved about would leave its pages in all of them.
    /// </summary>
    private void WriteAll(ChannelReader<EventBatch> read, ReadingLane[] lanes)
    {
        while (read.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (read.TryRead(out var batch))
            {
                batch.FinishReading();
                Write(batch);
                LaneOf(batch.Source, lanes).Return(batch);
            }
        }
    }

    private async Task<SourceReader> OpenAsync(int source, ReadAhead readAhead, DuplicateFilter? duplicates) =>
        new(source, new LogFile(await readAhead.OpenAsync(source), store.UriOf(Sources[source].Key)), duplicates);

    private void Write(EventBatch batch)
    {
        ledger.Enter(batch);
        files.Append(batch);
    }

    private int DayOf(int source) => SourceListing.DayOf(Sources[source]);

    private static ReadingLane LaneOf(int source, ReadingLane[] lanes) => lanes[source % lanes.Length];

    private static Task Start(TaskScheduler scheduler, Func<Task> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
}
