using System.Collections.Concurrent;
using System.Threading.Channels;
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
/// <param name="Write">The last step: one thread runs it, batch after batch in the same order.</param>
internal sealed record Steps(
    Func<EventBatch> Create,
    Func<SourceObject, Task<Stream>> Open,
    Func<SourceObject, Task<Stream>>? OpenAgain,
    Action<EventBatch> Read,
    Action<EventBatch> Enter,
    Action<EventBatch> Write);

/// <summary>
/// Ordered in, parallel in the middle, ordered out: the only code that knows threads. It fills the chunks of a source
/// one after the other, lets the next idle thread read each filled batch, and enters and writes the batches in the
/// order of the sources. With one thread each batch takes its steps in turn.
/// </summary>
/// <param name="threads">
/// Threads of the run, at least 1: one writes, the remaining ones (the workers) fill, read and enter batches ahead of
/// it and help it to encode.
/// </param>
internal sealed class Pipeline(int threads)
{
    private readonly TaskScheduler? _workers = threads == 1
        ? null
        : new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads - 1).ConcurrentScheduler;

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
        for (int worker = 0; worker < _workers?.MaximumConcurrencyLevel; worker++)
        {
            _ = StartOn(_workers, loop.Run);
        }

        loop.Run();
        loop.Wait();
    }

    private static async Task RunInTurnAsync(SourceListing sources, Steps steps, CancellationToken cancellation)
    {
        using var batch = steps.Create();
        for (int place = 0; place < sources.Count; place++)
        {
            await using var reading = new SourceReading(sources[place], steps);
            do
            {
                await reading.FillAsync(batch, cancellation);
                steps.Read(batch);
                steps.Enter(batch);
                steps.Write(batch);
            }
            while (!batch.EndsSource);
        }
    }

    private async Task RunAheadAsync(
        SourceListing sources, Steps steps, TaskScheduler workers, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // One thread unpacks 1 GB/s and one reading thread consumes 0.4 GB/s, so a lane keeps two to three threads
        // busy.
        var lanes = new Lane[Math.Max(1, threads / 2)];
        var order = new Order(sources.Count, lanes, steps.Enter);
        for (int first = 0; first < lanes.Length; first++)
        {
            lanes[first] = new Lane(sources, first, lanes.Length, steps, workers, order);
        }

        Task[] filling = Array.ConvertAll(lanes, lane => StartOn(workers, () => lane.FillAsync(stop.Token)).Unwrap());
        try
        {
            await Task.Factory.StartNew(
                () => WriteAll(order, lanes, steps.Write),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
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
    /// Writes batch after batch on the calling thread and blocks while it waits. It stays on one thread because the
    /// native allocator keeps an arena for each thread: a writer that moved between threads would leave unused pages in
    /// all of them.
    /// </summary>
    private static void WriteAll(Order order, Lane[] lanes, Action<EventBatch> write)
    {
        while (order.Next() is { } slot)
        {
            write(slot.Batch);
            lanes[slot.Batch.Source.Place % lanes.Length].Return(slot);
        }
    }

    private static Task<T> StartOn<T>(TaskScheduler workers, Func<T> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);

    /// <summary>
    /// The scheduler is hidden, so that what a step starts and waits for (an upload) does not wait for a worker.
    /// </summary>
    private static Task StartOn(TaskScheduler workers, Action run) =>
        Task.Factory.StartNew(
            run, CancellationToken.None, TaskCreationOptions.DenyChildAttach | TaskCreationOptions.HideScheduler,
            workers);

    /// <summary>
    /// Fills its batches with every n-th source, one source after the other, ahead of the writer, and starts the
    /// reading of each batch. Several lanes unpack several sources at the same time.
    /// </summary>
    private sealed class Lane : IAsyncDisposable
    {
        /// <summary>About 13 MiB: what the reading threads consume while the writer ends a row group.</summary>
        private const int SlotsOfOneLane = 16;

        /// <summary>
        /// About 25 MiB for each lane, so that the next source is partly unpacked when its turn comes.
        /// </summary>
        private const int SlotsOfSeveralLanes = 32;

        private readonly SourceListing _sources;
        private readonly int _first;
        private readonly int _step;
        private readonly Steps _steps;
        private readonly TaskScheduler _workers;
        private readonly Order _order;
        private readonly Slot[] _slots;
        private readonly Channel<Slot> _free = Channel.CreateUnbounded<Slot>();
        private readonly Channel<Slot> _filled = Channel.CreateUnbounded<Slot>();

        public Lane(SourceListing sources, int first, int step, Steps steps, TaskScheduler workers, Order order)
        {
            (_sources, _first, _step, _steps, _workers, _order) = (sources, first, step, steps, workers, order);
            _slots = new Slot[step == 1 ? SlotsOfOneLane : SlotsOfSeveralLanes];
            for (int slot = 0; slot < _slots.Length; slot++)
            {
                _slots[slot] = new Slot(steps.Create());
                Return(_slots[slot]);
            }
        }

        /// <summary>Fills batches with all sources of this lane. <see cref="Next"/> throws a failure.</summary>
        public async Task FillAsync(CancellationToken cancellation)
        {
            Exception? failure = null;
            try
            {
                for (int place = _first; place < _sources.Count; place += _step)
                {
                    await FillAsync(_sources[place], cancellation);
                }
            }
            catch (Exception error)
            {
                failure = error;
            }

            _filled.Writer.Complete(failure);
        }

        /// <summary>
        /// Waits, blocking, for the next filled batch. The caller gives it back with <see cref="Return"/>.
        /// </summary>
        /// <exception cref="AggregationException">The source cannot be unpacked or framed.</exception>
        public Slot Next()
        {
            // WaitToReadAsync throws the failure itself; ReadAsync would wrap it in a ChannelClosedException.
            _ = _filled.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
            return _filled.Reader.TryRead(out var slot)
                ? slot
                : throw new InvalidOperationException("The lane has no more sources.");
        }

        /// <summary>Takes the next filled batch if it is read.</summary>
        public Slot? TryNextRead() =>
            _filled.Reader.TryPeek(out var slot) && slot.IsRead && _filled.Reader.TryRead(out slot) ? slot : null;

        public void Return(Slot slot) => _free.Writer.TryWrite(slot);

        /// <summary>Waits for the readers and frees the batches. Call it after filling has ended.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var slot in _slots)
            {
                await slot.DisposeAsync();
            }
        }

        private async Task FillAsync(SourceObject source, CancellationToken cancellation)
        {
            await using var reading = new SourceReading(source, _steps);
            bool ends;
            do
            {
                var slot = await _free.Reader.ReadAsync(cancellation);
                await reading.FillAsync(slot.Batch, cancellation);

                // Look at the batch before passing it on: after that it may be written and filled again at any moment.
                ends = slot.Batch.EndsSource;
                slot.StartReading(_workers, _steps.Read, _order);
                _ = _filled.Writer.TryWrite(slot);
            }
            while (!ends);
        }
    }

    /// <summary>
    /// A batch of a lane. The first idle worker reads it, or the writer if it needs the batch earlier.
    /// </summary>
    private sealed class Slot(EventBatch batch) : IAsyncDisposable
    {
        private Lazy<EventBatch>? _read;
        private Task _reading = Task.CompletedTask;

        public EventBatch Batch => batch;

        /// <summary>Whether the batch was read without a failure.</summary>
        public bool IsRead => _read!.IsValueCreated;

        public void StartReading(TaskScheduler workers, Action<EventBatch> read, Order order)
        {
            var reading = new Lazy<EventBatch>(() =>
            {
                read(batch);
                return batch;
            });
            _read = reading;
            _reading = StartOn(workers, () =>
            {
                _ = reading.Value;
                order.EnterAhead();
            });
        }

        /// <summary>Returns when the batch is read; this thread reads it if no worker has started to.</summary>
        public void Read() => _ = _read!.Value;

        /// <summary>Waits until no worker reads the batch, and frees it.</summary>
        public async ValueTask DisposeAsync()
        {
            await _reading.ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            batch.Dispose();
        }
    }

    /// <summary>
    /// Enters the batches in the order of the sources. Workers do so ahead of the writer, so that the writer need not;
    /// it enters those that it needs earlier.
    /// </summary>
    private sealed class Order(int sources, Lane[] lanes, Action<EventBatch> enter)
    {
        private readonly Lock _turn = new();
        private readonly ConcurrentQueue<Slot> _entered = new();
        private readonly FirstFailure _failure = new();
        private int _place;

        private bool HasEnded => _place == sources;

        private Lane Lane => lanes[_place % lanes.Length];

        /// <summary>
        /// Enters the next batches as far as they are read, unless another thread is entering. <see cref="Next"/>
        /// throws a failure, after the batches before it.
        /// </summary>
        public void EnterAhead()
        {
            if (!_turn.TryEnter())
            {
                return;
            }

            try
            {
                while (_failure.Exception is null && !HasEnded && Lane.TryNextRead() is { } slot)
                {
                    Enter(slot);
                }
            }
            catch (Exception error)
            {
                _failure.Keep(error);
            }
            finally
            {
                _turn.Exit();
            }
        }

        /// <summary>Waits, blocking, for the next batch that is entered; null after the last one.</summary>
        /// <exception cref="AggregationException">A step failed.</exception>
        public Slot? Next()
        {
            if (_entered.TryDequeue(out var slot))
            {
                return slot;
            }

            lock (_turn)
            {
                if (!_entered.IsEmpty || HasEnded)
                {
                    return _entered.TryDequeue(out slot) ? slot : null;
                }

                _failure.ThrowIfAny();
                slot = Lane.Next();
                slot.Read();
                Enter(slot);
                return _entered.TryDequeue(out slot) ? slot : null;
            }
        }

        private void Enter(Slot slot)
        {
            enter(slot.Batch);
            _place += slot.Batch.EndsSource ? 1 : 0;
            _entered.Enqueue(slot);
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
