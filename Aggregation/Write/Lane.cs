using System.Threading.Channels;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Fills its batches with every n-th source, one source after the other, ahead of the writer, and starts the reading of
/// each batch. Several lanes unpack several sources at the same time.
/// </summary>
internal sealed class Lane : IAsyncDisposable
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
    private readonly Workers _workers;
    private readonly EntryOrder _order;
    private readonly BatchSlot[] _slots;
    private readonly Channel<BatchSlot> _free = Channel.CreateUnbounded<BatchSlot>();
    private readonly Channel<BatchSlot> _filled = Channel.CreateUnbounded<BatchSlot>();

    public Lane(SourceListing sources, int first, int step, Steps steps, Workers workers, EntryOrder order)
    {
        (_sources, _first, _step, _steps, _workers, _order) = (sources, first, step, steps, workers, order);
        _slots = new BatchSlot[step == 1 ? SlotsOfOneLane : SlotsOfSeveralLanes];
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            _slots[slot] = new BatchSlot(this, steps.Create());
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
    public BatchSlot Next()
    {
        // WaitToReadAsync throws the failure itself; ReadAsync would wrap it in a ChannelClosedException.
        _ = _filled.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
        return _filled.Reader.TryRead(out var slot)
            ? slot
            : throw new InvalidOperationException("The lane has no more sources.");
    }

    /// <summary>Takes the next filled batch if it is read.</summary>
    public BatchSlot? TryNextRead() =>
        _filled.Reader.TryPeek(out var slot) && slot.IsRead && _filled.Reader.TryRead(out slot) ? slot : null;

    public void Return(BatchSlot slot) => _free.Writer.TryWrite(slot);

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
