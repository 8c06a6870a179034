using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Write;

/// <summary>What a batch goes through.</summary>
/// <param name="Create">Makes an empty batch; a few are used again and again.</param>
/// <param name="Open">Opens a source's stored bytes; called once for each source, in about their order.</param>
/// <param name="Read">The parallel step: batches beside one another, on any thread.</param>
/// <param name="Write">The ordered step: batch after batch, on one thread.</param>
internal sealed record Steps(
    Func<EventBatch> Create, Func<SourceObject, Task<Stream>> Open, Action<EventBatch> Read, Action<EventBatch> Write);

/// <summary>
/// Ordered in, parallel in the middle, ordered out: the only code that knows threads. The chunks of a source are filled
/// one after the other, each filled batch is read by whoever has time, and batches are written in the order of the
/// sources. With one thread each batch takes its steps in turn.
/// </summary>
/// <param name="threads">Threads of the run, from 1: one writes, the others fill and read ahead of it and help it.</param>
internal sealed class Pipeline(int threads)
{
    private readonly TaskScheduler? _workers =
        threads == 1 ? null : new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads - 1).ConcurrentScheduler;

    /// <summary>Takes every batch of every source through the steps.</summary>
    /// <exception cref="AggregationException">A step failed; of several failures the first in the order of the sources.</exception>
    public Task RunAsync(SourceListing sources, Steps steps, CancellationToken cancellation) =>
        _workers is null ? RunInTurnAsync(sources, steps, cancellation) : RunAheadAsync(sources, steps, _workers, cancellation);

    /// <summary>Calls the body with each number below the count, on this thread and on workers that have nothing else to do.</summary>
    public void ForEach(int count, Action<int> body)
    {
        var loop = new Loop(count, body);
        for (int helper = 0; helper < _workers?.MaximumConcurrencyLevel; helper++)
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
            var source = sources[place];
            await using var text = new SourceText(await steps.Open(source), source.Uri);
            var framing = new RecordFraming(text);
            do
            {
                await batch.FillAsync(source, framing, cancellation);
                steps.Read(batch);
                steps.Write(batch);
            }
            while (!batch.EndsSource);
        }
    }

    private async Task RunAheadAsync(SourceListing sources, Steps steps, TaskScheduler workers, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // One thread unpacks 1 GB/s and the others use up 0.4 GB/s each: a lane keeps up to three of them busy.
        var lanes = new Lane[Math.Max(1, threads / 2)];
        for (int first = 0; first < lanes.Length; first++)
        {
            lanes[first] = new Lane(sources, first, lanes.Length, steps, workers);
        }

        Task[] filling = Array.ConvertAll(lanes, lane => StartOn(workers, () => lane.FillAsync(stop.Token)).Unwrap());
        try
        {
            await Task.Factory.StartNew(
                () => WriteAll(sources.Count, lanes, steps.Write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
    /// thread that it sees, and a writer that moved from thread to thread would leave its pages in all of them.
    /// </summary>
    private static void WriteAll(int sources, Lane[] lanes, Action<EventBatch> write)
    {
        for (int place = 0; place < sources; place++)
        {
            var lane = lanes[place % lanes.Length];
            bool ends;
            do
            {
                var slot = lane.Next();
                write(slot.Read());
                ends = slot.Batch.EndsSource;
                lane.Return(slot);
            }
            while (!ends);
        }
    }

    private static Task<T> StartOn<T>(TaskScheduler workers, Func<T> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);

    private static Task StartOn(TaskScheduler workers, Action run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);

    /// <summary>
    /// Fills batches of its own with every n-th source, one after the other, ahead of the writer, and has each read. Several
    /// lanes unpack several sources at a time.
    /// </summary>
    private sealed class Lane : IAsyncDisposable
    {
        /// <summary>About 13 MiB: what is used up while a row group is ended.</summary>
        private const int SlotsOfOneLane = 16;

        /// <summary>About 25 MiB, so that the next source is partly unpacked when its turn comes.</summary>
        private const int SlotsOfSeveralLanes = 32;

        private readonly SourceListing _sources;
        private readonly int _first;
        private readonly int _step;
        private readonly Steps _steps;
        private readonly TaskScheduler _workers;
        private readonly Slot[] _slots;
        private readonly Channel<Slot> _free = Channel.CreateUnbounded<Slot>();
        private readonly Channel<Slot> _filled = Channel.CreateUnbounded<Slot>();

        public Lane(SourceListing sources, int first, int step, Steps steps, TaskScheduler workers)
        {
            (_sources, _first, _step, _steps, _workers) = (sources, first, step, steps, workers);
            _slots = new Slot[step == 1 ? SlotsOfOneLane : SlotsOfSeveralLanes];
            for (int slot = 0; slot < _slots.Length; slot++)
            {
                _slots[slot] = new Slot(steps.Create());
                Return(_slots[slot]);
            }
        }

        /// <summary>Fills the batches of its sources. A failure goes to <see cref="Next"/>.</summary>
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

        /// <summary>The next filled batch, waited for on this thread; to be given back with <see cref="Return"/>.</summary>
        /// <exception cref="AggregationException">The source cannot be unpacked or framed.</exception>
        public Slot Next()
        {
            // Unlike ReadAsync this fails with the failure itself.
            _ = _filled.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
            return _filled.Reader.TryRead(out var slot) ? slot : throw new InvalidOperationException("the lane has no more sources");
        }

        public void Return(Slot slot) => _free.Writer.TryWrite(slot);

        /// <summary>To be called once filling has ended.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var slot in _slots)
            {
                await slot.DisposeAsync();
            }
        }

        private async Task FillAsync(SourceObject source, CancellationToken cancellation)
        {
            await using var text = new SourceText(await _steps.Open(source), source.Uri);
            var framing = new RecordFraming(text);
            bool ends;
            do
            {
                var slot = await _free.Reader.ReadAsync(cancellation);
                await slot.Batch.FillAsync(source, framing, cancellation);

                // Once passed on, the batch may be written and filled again at any moment.
                ends = slot.Batch.EndsSource;
                slot.StartReading(_workers, _steps.Read);
                _ = _filled.Writer.TryWrite(slot);
            }
            while (!ends);
        }
    }

    /// <summary>A batch of a lane, read by whoever has time first: a worker, or the writer that needs it.</summary>
    private sealed class Slot(EventBatch batch) : IAsyncDisposable
    {
        private Lazy<EventBatch>? _read;
        private Task _reading = Task.CompletedTask;

        public EventBatch Batch => batch;

        public void StartReading(TaskScheduler workers, Action<EventBatch> read)
        {
            var reading = new Lazy<EventBatch>(() =>
            {
                read(batch);
                return batch;
            });
            _read = reading;
            _reading = StartOn(workers, () => reading.Value);
        }

        /// <summary>The batch, once it is read: by this thread, where no worker has started to.</summary>
        public EventBatch Read() => _read!.Value;

        /// <summary>Waits until no worker reads it.</summary>
        public async ValueTask DisposeAsync()
        {
            await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            batch.Dispose();
        }
    }

    /// <summary>Numbers that are handed out to whoever asks for the next; each call of <see cref="ForEach"/> has its own.</summary>
    private sealed class Loop(int count, Action<int> body)
    {
        private readonly TaskCompletionSource _done = new();
        private int _finished;
        private int _last = -1;
        private volatile ExceptionDispatchInfo? _failure;

        /// <summary>Works until no number is left; a helper that comes late finds none.</summary>
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
                    _failure ??= ExceptionDispatchInfo.Capture(error);
                }

                if (Interlocked.Increment(ref _finished) == count)
                {
                    _done.SetResult();
                }
            }
        }

        /// <summary>Waits for the helpers and throws the first failure.</summary>
        public void Wait()
        {
            _done.Task.GetAwaiter().GetResult();
            _failure?.Throw();
        }
    }
}
