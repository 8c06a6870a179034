using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>The steps that a batch goes through.</summary>
/// <param name="Create">Makes an empty batch; the pipeline reuses a fixed number of batches.</param>
/// <param name="Open">Opens a source's stored bytes; called once for each source, roughly in their order.</param>
/// <param name="OpenAgain">
/// Opens a source's stored bytes a second time where damaged objects are skipped; null where they fail the run.
/// </param>
/// <param name="Read">The parallel step: several threads run it at the same time, each on its own batch.</param>
/// <param name="Enter">
/// The first ordered step: batch after batch in the order of the sources, on any thread, one at a time.
/// </param>
/// <param name="Write">
/// The last step: one thread runs it, in the same order, with one or several batches at a time.
/// </param>
internal sealed record Steps(
    Func<EventBatch> Create,
    Func<SourceObject, Task<Stream>> Open,
    Func<SourceObject, Task<Stream>>? OpenAgain,
    Action<EventBatch> Read,
    Action<EventBatch> Enter,
    Action<IReadOnlyList<EventBatch>> Write);

/// <summary>
/// Ordered in, parallel in the middle, ordered out: with what it consists of, the only code that knows threads. It
/// fills the chunks of a source one after the other, lets the next idle thread read each filled batch, and enters and
/// writes the batches in the order of the sources. With one thread each batch takes its steps in turn.
/// </summary>
/// <param name="threads">
/// Threads of the run, at least 1: one writes, the remaining ones (the workers) fill, read and enter batches ahead of
/// it and help it to encode.
/// </param>
internal sealed class Pipeline(int threads)
{
    /// <summary>
    /// The maximum number of batches that many threads write together, so few that the workers go on with the others.
    /// At the end of each write the threads wait for the longest column, so a few long writes cost less than many short
    /// ones.
    /// </summary>
    private const int MaxTogether = 8;

    /// <summary>
    /// The number of threads up to which batches are written one by one, while they are in a processor's cache: each
    /// thread then has more work than the longest columns.
    /// </summary>
    private const int FewThreads = 4;

    private readonly int _maxTogether = threads > FewThreads ? MaxTogether : 1;
    private readonly Workers? _workers = threads == 1 ? null : new Workers(threads - 1);

    /// <summary>Takes every batch of every source through the steps.</summary>
    /// <exception cref="AggregationException">
    /// A step failed. If several failed, this is the first failure in the order of the sources.
    /// </exception>
    public Task RunAsync(SourceListing sources, Steps steps, CancellationToken cancellation) =>
        _workers is null
            ? RunInTurnAsync(sources, steps, cancellation)
            : RunAheadAsync(sources, steps, _workers, cancellation);

    /// <summary>
    /// Calls the body with each number from 0 to <paramref name="count"/> - 1, on this thread and on idle workers.
    /// Returns when all calls have returned.
    /// </summary>
    /// <exception cref="Exception">The first failure of the body.</exception>
    public void ForEach(int count, Action<int> body)
    {
        var loop = new Loop(count, body);
        for (int worker = 0; worker < _workers?.Count; worker++)
        {
            _ = _workers.Start(loop.Run);
        }

        loop.Run();
        loop.Wait();
    }

    private static async Task RunInTurnAsync(SourceListing sources, Steps steps, CancellationToken cancellation)
    {
        using var batch = steps.Create();
        EventBatch[] batches = [batch];
        for (int place = 0; place < sources.Count; place++)
        {
            await using var reading = new SourceReading(sources[place], steps);
            do
            {
                await reading.FillAsync(batch, cancellation);
                steps.Read(batch);
                steps.Enter(batch);
                steps.Write(batches);
            }
            while (!batch.EndsSource);
        }
    }

    private async Task RunAheadAsync(
        SourceListing sources, Steps steps, Workers workers, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // One thread unpacks 1 GB/s and one reading thread consumes 0.4 GB/s, so a lane keeps two to three threads
        // busy.
        var lanes = new Lane[Math.Max(1, threads / 2)];
        var order = new EntryOrder(sources.Count, lanes, steps.Enter);
        for (int first = 0; first < lanes.Length; first++)
        {
            lanes[first] = new Lane(sources, first, lanes.Length, steps, workers, order);
        }

        Task[] filling = Array.ConvertAll(lanes, lane => workers.StartAsync(() => lane.FillAsync(stop.Token)));
        try
        {
            await Task.Factory.StartNew(
                () => WriteAll(order, steps.Write),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            await stop.CancelAsync();
            order.End();
            await Task.WhenAll(filling);
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Writes batch after batch on the calling thread and blocks while it waits. It stays on one thread because the
    /// native allocator keeps an arena for each thread: a writer that moved between threads would leave unused pages in
    /// all of them.
    /// </summary>
    private void WriteAll(EntryOrder order, Action<IReadOnlyList<EventBatch>> write)
    {
        var slots = new List<BatchSlot>(_maxTogether);
        var batches = new List<EventBatch>(_maxTogether);
        while (order.Next() is { } next)
        {
            for (var slot = next; slot is not null; slot = slots.Count < _maxTogether ? order.TryNext() : null)
            {
                slots.Add(slot);
                batches.Add(slot.Batch);
            }

            write(batches);
            slots.ForEach(slot => slot.Lane.Return(slot));
            slots.Clear();
            batches.Clear();
        }
    }

    /// <summary>One call of <see cref="ForEach"/>: gives the next number to each thread that asks for one.</summary>
    private sealed class Loop(int count, Action<int> body)
    {
        private readonly TaskCompletionSource _done = new();
        private readonly FirstFailure _failure = new();
        private int _finished;
        private int _last = -1;

        /// <summary>Works until no number is left. A worker that starts late finds none.</summary>
        public void Run()
        {
            for (int number; (number = Interlocked.Increment(ref _last)) < count;)
            {
                try
                {
                    body(number);
                }
                catch (Exception error)
                {
                    _failure.Keep(error);
                }

                if (Interlocked.Increment(ref _finished) == count)
                {
                    _done.SetResult();
                }
            }
        }

        /// <summary>Waits for the workers and throws the first failure.</summary>
        public void Wait()
        {
            _done.Task.GetAwaiter().GetResult();
            _failure.ThrowIfAny();
        }
    }
}
