using System.Threading.Channels;
using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Fills batches of its own with every n-th source, one after the other, ahead of the one who takes them: lanes side
/// by side unpack several sources at a time, each as far ahead as it has batches.
/// </summary>
internal sealed class ReadingLane : IAsyncDisposable
{
    /// <summary>Some 13 MiB: what is used up while a row group is ended.</summary>
    private const int BatchesOfOne = 16;

    /// <summary>Some 25 MiB, more than a third of the largest source that stage 1 writes.</summary>
    private const int BatchesOfSeveral = 32;

    private readonly EventBatch[] _batches;
    private readonly Channel<EventBatch> _free = Channel.CreateUnbounded<EventBatch>();
    private readonly Channel<EventBatch> _filled = Channel.CreateUnbounded<EventBatch>();

    private ReadingLane(Month month, int batches)
    {
        _batches = [.. Enumerable.Range(0, batches).Select(_ => new EventBatch(month))];
        Array.ForEach(_batches, Return);
    }

    /// <summary>
    /// The lanes of a run. One thread unpacks 1 GB/s and the others use it up at 0.4 GB/s each: a lane keeps up to three
    /// busy. Where there are several, the next source is to be partly unpacked when its turn comes.
    /// </summary>
    public static ReadingLane[] For(Month month, int threads)
    {
        int lanes = Math.Max(1, threads / 2);
        return [.. Enumerable.Range(0, lanes).Select(_ => new ReadingLane(month, lanes == 1 ? BatchesOfOne : BatchesOfSeveral))];
    }

    /// <summary>Fills the sources' batches. Failures go to who takes the batches.</summary>
    public async Task FillAsync(IEnumerable<int> sources, Func<int, Task<SourceReader>> open, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            foreach (int source in sources)
            {
                await using var reader = await open(source);
                bool more;
                do
                {
                    var batch = await _free.Reader.ReadAsync(cancellation);
                    more = await reader.FillAsync(batch, cancellation);
                    _ = _filled.Writer.TryWrite(batch);
                }
                while (more);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        _filled.Writer.Complete(failure);
    }

    /// <summary>The next filled batch; to be given back with <see cref="Return"/>.</summary>
    /// <exception cref="AggregationException">The source cannot be read whole.</exception>
    public async Task<EventBatch> NextAsync()
    {
        // Unlike ReadAsync this fails with the failure itself.
        _ = await _filled.Reader.WaitToReadAsync();
        return _filled.Reader.TryRead(out var batch) ? batch : throw new InvalidOperationException("the lane has no more sources");
    }

    public void Return(EventBatch batch) => _free.Writer.TryWrite(batch);

    /// <summary>To be called once filling has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
        {
            await batch.Reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            batch.Dispose();
        }
    }
}
