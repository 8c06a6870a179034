using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Takes a month's batches through their steps: fill (unpack, frame), read (records, columns, hashes), enter in the
/// ledger (duplicates), append to the files. With one thread each batch in turn. With more, sources are filled ahead and
/// batches read beside one another; ledger and files keep the order of the sources, and so does the output.
/// </summary>
internal sealed class BatchPipeline(
    IObjectStore store, MonthPlan plan, AggregationOptions options, TaskScheduler? workers, DuplicateFilter? duplicates, Ledger ledger, PartFiles files)
{
    private IReadOnlyList<StoredObject> Sources => plan.Sources.Objects;

    /// <exception cref="AggregationException">A source cannot be read whole, or a file not be written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var readAhead = new ReadAhead(store, Sources, cancellation);
        await (workers is null ? RunByTurnsAsync(readAhead, cancellation) : RunAheadAsync(workers, readAhead, cancellation));
    }

    private async Task RunByTurnsAsync(ReadAhead readAhead, CancellationToken cancellation)
    {
        using var batch = new EventBatch(plan.Month);
        for (int place = 0; place < Sources.Count; place++)
        {
            var source = SourceAt(place);
            await using var file = new LogFile(await readAhead.OpenAsync(place), source.Uri);
            var framing = new RecordFraming(file);
            do
            {
                await batch.FillAsync(source, framing, cancellation);
                batch.Read(duplicates);
                Write(batch);
            }
            while (!batch.EndsSource);
        }
    }

    private async Task RunAheadAsync(TaskScheduler scheduler, ReadAhead readAhead, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = ReadingLane.For(plan.Month, options.Threads, scheduler, duplicates);
        Task[] filling = [.. lanes.Select((lane, first) => Task.Factory.StartNew(
            () => lane.FillAsync(
                Enumerable.Range(0, Sources.Count).Where(place => place % lanes.Length == first).Select(SourceAt),
                source => readAhead.OpenAsync(source.Place),
                stop.Token),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            scheduler).Unwrap())];
        try
        {
            await Task.Factory.StartNew(
                () => WriteAll(lanes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(filling);
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Writes batch after batch on the thread it is called on, blocking: the allocator of pages keeps an arena for each
    /// thread that it sees, and a writer that moved about would leave its pages in all of them.
    /// </summary>
    private void WriteAll(ReadingLane[] lanes)
    {
        for (int place = 0; place < Sources.Count; place++)
        {
            var lane = lanes[place % lanes.Length];
            bool ends;
            do
            {
                var batch = lane.Next();
                Write(batch.Read());
                ends = batch.Value.EndsSource;
                lane.Return(batch);
            }
            while (!ends);
        }
    }

    private SourceObject SourceAt(int place) =>
        new(Sources[place], place, store.UriOf(Sources[place].Key), SourceListing.DayOf(Sources[place]));

    private void Write(EventBatch batch)
    {
        ledger.Enter(batch);
        files.Append(batch);
    }
}
