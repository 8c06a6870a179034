namespace CloudTrailAggregation.Write;

/// <summary>
/// A batch of a lane. The first idle worker reads it, or the writer if it needs the batch earlier.
/// </summary>
internal sealed class BatchSlot(Lane lane, EventBatch batch) : IAsyncDisposable
{
    private Lazy<EventBatch>? _read;
    private Task _reading = Task.CompletedTask;

    public Lane Lane => lane;

    public EventBatch Batch => batch;

    /// <summary>Whether the batch was read without a failure.</summary>
    public bool IsRead => _read!.IsValueCreated;

    public void StartReading(Workers workers, Action<EventBatch> read, EntryOrder order)
    {
        var reading = new Lazy<EventBatch>(() =>
        {
            read(batch);
            return batch;
        });
        _read = reading;
        _reading = workers.Start(() =>
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
