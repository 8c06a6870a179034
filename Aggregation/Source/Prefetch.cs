using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Source;

/// <summary>
/// Opens the sources in their order and ahead of the reader, so that requests, and the download of small objects, run
/// while earlier objects are read.
/// </summary>
internal sealed class Prefetch(
    IObjectStore store, IReadOnlyList<StoredObject> sources, CancellationToken cancellation) : IAsyncDisposable
{
    /// <summary>
    /// The maximum number of requests ahead of the reader: enough to hide 20 ms of latency for objects of a few KB.
    /// </summary>
    private const int MaxOpen = 16;

    /// <summary>The maximum number of bytes fetched ahead, except for a single object: 8 MiB.</summary>
    private const long MaxBytes = 8L << 20;

    /// <summary>
    /// The maximum size of an object that is fetched whole: 16 MiB. Larger objects are opened when their turn comes;
    /// those of stage 1 have up to about 10 MiB.
    /// </summary>
    private const long MaxFetchedBytes = 16L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Task<Stream>> _ahead = [];
    private int _next;
    private long _bytesAhead;

    /// <summary>
    /// Opens a source's stored bytes. Several threads may call it, once for each source and roughly in the order of the
    /// sources. The caller disposes the stream.
    /// </summary>
    /// <param name="source">The source's place in the order, from 0.</param>
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

    /// <summary>Disposes the streams that nobody took. Call it when no thread opens sources any more.</summary>
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
                // Nobody waits for this object any more, so its failure does not matter.
            }
        }
    }

    private void Start()
    {
        int source = _next++;
        _bytesAhead += BytesAheadOf(source);
        var stored = sources[source];
        _ahead.Add(source, IsFetched(source) ? FetchAsync(stored) : store.OpenAsync(stored, cancellation));
    }

    /// <summary>Whether the object is fetched whole and ahead of its reader.</summary>
    private bool IsFetched(int source) => sources[source].Size <= MaxFetchedBytes;

    private long BytesAheadOf(int source) => IsFetched(source) ? sources[source].Size : 0;

    private async Task<Stream> FetchAsync(StoredObject source)
    {
        await using var stored = await store.OpenAsync(source, cancellation);
        return await PooledStream.ReadAsync(stored, source.Size, cancellation);
    }
}
