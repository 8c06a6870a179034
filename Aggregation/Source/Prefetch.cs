using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Source;

/// <summary>
/// Opens the sources in their order, some ahead of the reader: a request's latency, and small objects whole, are
/// waited for while earlier objects are read.
/// </summary>
internal sealed class Prefetch(IObjectStore store, IReadOnlyList<StoredObject> sources, CancellationToken cancellation) : IAsyncDisposable
{
    /// <summary>Requests under way ahead of the reader, which hides 20 ms of latency for objects of a few KB.</summary>
    private const int MaxOpen = 16;

    /// <summary>Bytes fetched ahead at most, but for one object.</summary>
    private const long MaxBytes = 8L << 20;

    /// <summary>Larger objects are not fetched, only opened, when their turn comes; stage 1's have up to some 10 MiB.</summary>
    private const long MaxFetchedBytes = 16L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Task<Stream>> _ahead = [];
    private int _next;
    private long _bytesAhead;

    /// <summary>
    /// A source's stored bytes; dispose the stream. To be called once for each, by several readers in about the order
    /// of the sources.
    /// </summary>
    public Task<Stream> OpenAsync(int source)
    {
        lock (_lock)
        {
            while (_next <= source)
            {
                Start();
            }

            _ = _ahead.Remove(source, out var stream);
            _bytesAhead -= BytesAheadOf(source);
            while (_next < sources.Count && IsFetched(_next) && _ahead.Count < MaxOpen
                && (_ahead.Count == 0 || _bytesAhead + sources[_next].Size <= MaxBytes))
            {
                Start();
            }

            return stream!;
        }
    }

    /// <summary>To be called once nobody opens sources any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _ahead.Values)
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
        int source = _next++;
        _bytesAhead += BytesAheadOf(source);
        _ahead.Add(source, IsFetched(source) ? FetchAsync(sources[source]) : store.OpenAsync(sources[source], cancellation));
    }

    /// <summary>Whether the object is fetched whole, ahead of its reader.</summary>
    private bool IsFetched(int source) => sources[source].Size <= MaxFetchedBytes;

    private long BytesAheadOf(int source) => IsFetched(source) ? sources[source].Size : 0;

    private async Task<Stream> FetchAsync(StoredObject source)
    {
        await using var stored = await store.OpenAsync(source, cancellation);
        return await PooledStream.ReadAsync(stored, source.Size, cancellation);
    }
}
