using System.Threading.Channels;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Moves batches from reader to files in order. With one thread by turns; with more, reading runs ahead by a few
/// batches, and the files encode several columns at a time.
/// </summary>
internal static class BatchPipeline
{
    /// <summary>Batches under way: one being read, one being written, one waiting.</summary>
    private const int Batches = 3;

    public static async Task RunAsync(MonthReader reader, PartFiles files, int threads, CancellationToken cancellation)
    {
        if (threads > 1)
        {
            await RunAheadAsync(reader, files, cancellation);
            return;
        }

        using var batch = new EventBatch();
        while (await reader.ReadAsync(batch, cancellation))
        {
            files.Append(batch);
        }
    }

    private static async Task RunAheadAsync(MonthReader reader, PartFiles files, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var free = Channel.CreateBounded<EventBatch>(Batches);
        var full = Channel.CreateBounded<EventBatch>(Batches);
        EventBatch[] batches = [.. Enumerable.Range(0, Batches).Select(_ => new EventBatch())];
        Array.ForEach(batches, batch => free.Writer.TryWrite(batch));

        var reading = Task.Run(() => ReadAsync(reader, free.Reader, full.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in full.Reader.ReadAllAsync(CancellationToken.None))
            {
                files.Append(batch);
                _ = free.Writer.TryWrite(batch);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Array.ForEach(batches, batch => batch.Dispose());
        }

        await reading;
    }

    private static async Task ReadAsync(
        MonthReader reader, ChannelReader<EventBatch> free, ChannelWriter<EventBatch> full, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var batch = await free.ReadAsync(cancellation);
                if (!await reader.ReadAsync(batch, cancellation))
                {
                    return;
                }

                await full.WriteAsync(batch, cancellation);
            }
        }
        finally
        {
            full.Complete();
        }
    }
}
