using System.Threading.Channels;
using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Fills batches of its own with every n-th source, one after the other, ahead of the writer, and has each read: lanes
/// side by side unpack several sources at a time, each as far ahead as it has batches.
/// </summary>
internal sealed class ReadingLane : IAsyncDisposable
{
    /// <summary>About 13 MiB: what is used up while a row group is ended.</summary>
    private const int BatchesOfOne = 16;

    /// <summary>About 25 MiB, more than a third of the largest source that stage 1 writes.</summary>
    private const int BatchesOfSeveral = 32;

    private readonly LaneBatch[] _batches;
    private readonly Channel<LaneBatch> _free = Channel.CreateUnbounded<LaneBatch>();
    private readonly Channel<LaneBatch> _filled = Channel.CreateUnbounded<LaneBatch>();
    private readonly TaskScheduler _scheduler;
    private readonly DuplicateFilter? _duplicates;

    private ReadingLane(Month month, int batches, TaskScheduler scheduler, DuplicateFilter? duplicates)
    {
        (_scheduler, _duplicates) = (scheduler, duplicates);
        _batches = [.. Enumerable.Range(0, batches).Select(_ => new LaneBatch(new EventBatch(month)))];
        Array.ForEach(_batches, Return);
    }

    /// <summary>
    /// The lanes of a run. One thread unpacks 1 GB/s and the others use it up at 0.4 GB/s each: a lane keeps up to three
    /// busy. Where there are several, the next source is to be partly unpacked when its turn comes.
    /// </summary>
    public static ReadingLane[] For(Month month, int threads, TaskScheduler scheduler, DuplicateFilter? duplicates)
    {
        int lanes = Math.Max(1, threads / 2);
        int batches = lanes == 1 ? BatchesOfOne : BatchesOfSeveral;
        return [.. Enumerable.Range(0, lanes).Select(_ => new ReadingLane(month, batches, scheduler, duplicates))];
    }

    /// <summary>Fills the sources' batches. Failures go to who takes the batches.</summary>
    public async Task FillAsync(IEnumerable<SourceObject> sources, Func<SourceObject, Task<Stream>> open, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            foreach (var source in sources)
            {
                await using var file = new LogFile(await open(source), source.Uri);
                var framing = new RecordFraming(file);
                bool ends;
                do
                {
                    var batch = await _free.Reader.ReadAsync(cancellation);
                    await batch.Value.FillAsync(source, framing, cancellation);
                    ends = batch.Value.EndsSource;
                    batch.StartReading(_scheduler, _duplicates);
                    _ = _filled.Writer.TryWrite(batch);
                }
                while (!ends);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        _filled.Writer.Complete(failure);
    }

    /// <summary>The next filled batch, waited for on this thread; to be given back with <see cref="Return"/>.</summary>
    /// <exception cref="AggregationException">The source cannot be read whole.</exception>
    public LaneBatch Next()
    {
        // Unlike ReadAsync this fails with the failure itself.
        _ = _filled.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
        return _filled.Reader.TryRead(out var batch) ? batch : throw new InvalidOperationException("the lane has no more sources");
    }

    public void Return(LaneBatch batch) => _free.Writer.TryWrite(batch);

    /// <summary>To be called once filling has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
        {
            await batch.DisposeAsync();
        }
    }
}

/// <summary>A batch that is read by whoever has time first: a worker, or the writer that needs it.</summary>
internal sealed class LaneBatch(EventBatch value) : IAsyncDisposable
{
    private Lazy<EventBatch>? _read;
    private Task _reading = Task.CompletedTask;

    public EventBatch Value => value;

    public void StartReading(TaskScheduler scheduler, DuplicateFilter? duplicates)
    {
        var read = new Lazy<EventBatch>(() =>
        {
            value.Read(duplicates);
            return value;
        });
        _read = read;
        _reading = Task.Factory.StartNew(() => read.Value, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    /// <summary>Waits until it is read, or reads it where nobody has started to.</summary>
    public EventBatch Read() => _read!.Value;

    /// <summary>Waits until nobody reads it anymore.</summary>
    public async ValueTask DisposeAsync()
    {
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        value.Dispose();
    }
}
