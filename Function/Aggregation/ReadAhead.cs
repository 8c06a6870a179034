using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Opens the sources in their order, some ahead of the reader: a request's latency, and small objects whole, are
/// waited for while earlier objects are read.
/// </summary>
internal sealed class ReadAhead(IObjectStore store, IReadOnlyList<StoredObject> sources, CancellationToken cancellation) : IAsyncDisposable
{
    /// <summary>Requests under way ahead of the reader, which hides 20 ms of latency for objects of a few KB.</summary>
    private const int MaxOpen = 16;

    /// <summary>Bytes fetched ahead at most; an object that is larger is opened only when its turn comes.</summary>
    private const long MaxBytes = 16L << 20;

    private readonly Queue<(Task<Stream> Stream, long Bytes)> _ahead = new();
    private int _next;
    private long _bytesAhead;

    /// <summary>The next source's stored bytes. To be called once for each, in order; dispose the stream.</summary>
    public Task<Stream> NextAsync()
    {
        if (_ahead.Count == 0)
        {
            Start();
        }

        var (stream, bytes) = _ahead.Dequeue();
        _bytesAhead -= bytes;
        while (_next < sources.Count && _ahead.Count < MaxOpen && _bytesAhead + sources[_next].Size <= MaxBytes)
        {
            Start();
        }

        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (stream, _) in _ahead)
        {
            try
            {
                await (await stream).DisposeAsync();
            }
            catch (Exception)
            {
                // Of an object nobody waits for any more.
            }
        }
    }

    private void Start()
    {
        var source = sources[_next++];
        bool whole = source.Size <= MaxBytes;
        long bytes = whole ? source.Size : 0;
        _bytesAhead += bytes;
        _ahead.Enqueue((whole ? FetchAsync(source) : store.OpenAsync(source, cancellation), bytes));
    }

    private async Task<Stream> FetchAsync(StoredObject source)
    {
        await using var stored = await store.OpenAsync(source, cancellation);
        return await PooledStream.ReadAsync(stored, source.Size, cancellation);
    }
}
