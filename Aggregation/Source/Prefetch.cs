using System.Diagnostics.CodeAnalysis;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Source;

/// <summary>
/// Fetches the sources in their order and ahead of the reader: many small objects at the same time, so that their
/// requests wait for the store together. A request in flight holds no thread.
/// </summary>
/// <param name="store">The store that holds the sources.</param>
/// <param name="count">The number of sources.</param>
/// <param name="sourceAt">Returns the source at a place in the order, from 0; called once for each.</param>
/// <param name="cancellation">Ends the requests.</param>
internal sealed class Prefetch(
    IObjectStore store, int count, Func<int, StoredObject> sourceAt, CancellationToken cancellation) : IAsyncDisposable
{
    /// <summary>
    /// The maximum number of requests in flight: 8,000 objects/s from a store that answers after 30 ms, more than a
    /// processor can take.
    /// </summary>
    public const int MaxInFlight = 256;

    /// <summary>
    /// The number of requests in flight, and of objects ahead of the reader, before the reader has had to wait: a store
    /// that answers at once, such as a directory, needs no more.
    /// </summary>
    public const int InFlightAtFirst = 16;

    /// <summary>
    /// The maximum number of stored bytes ahead of the reader, except for a single object: 8 MiB.
    /// </summary>
    public const long MaxBytesAhead = 8L << 20;

    /// <summary>
    /// The maximum size of an object that is fetched whole: 16 MiB. Larger objects are opened when their turn comes;
    /// those of stage 1 have up to about 10 MiB.
    /// </summary>
    public const long MaxFetchedBytes = 16L << 20;

    /// <summary>
    /// The maximum size of the first object that is fetched whole, 1 MiB: a larger one is read while it arrives,
    /// because nothing else is there to read.
    /// </summary>
    private const long MaxFetchedFirstBytes = 1L << 20;

    /// <summary>
    /// The objects ahead of the reader for each request in flight: where one request is slow or sent again, the reader
    /// waits for it, and the objects behind it are fetched in the meantime.
    /// </summary>
    private const int AheadForEachInFlight = 4;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private readonly Dictionary<int, Fetch> _ahead = [];
    private Fetch? _next;
    private int _nextPlace;
    private int _maxInFlight = InFlightAtFirst;
    private int _inFlight;
    private long _bytesAhead;
    private bool _isEnding;

    /// <summary>
    /// Whether the reader reads each object twice, as it can without another request where the object is fetched whole.
    /// </summary>
    public bool IsReadTwice { get; init; }

    /// <summary>The maximum number of objects that are requested or fetched and not taken.</summary>
    private int MaxAhead => InFlightAtFirst + (AheadForEachInFlight * (_maxInFlight - InFlightAtFirst));

    /// <summary>
    /// Opens a source's stored bytes. Several threads may call it, once for each source and roughly in the order of the
    /// sources. The caller disposes the stream.
    /// </summary>
    /// <param name="source">The source's place in the order, from 0.</param>
    public async Task<Stream> OpenAsync(int source)
    {
        var fetch = Take(source, out bool isFetched);
        var opening = isFetched ? fetch.Stream.Task : OpenAsync(fetch);
        FetchAhead();
        return await opening;
    }

    /// <summary>Disposes the streams that nobody took. Call it when no thread opens sources any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isEnding = true;
        }

        await _stop.CancelAsync();
        foreach (var fetch in _ahead.Values.Where(fetch => fetch.IsStarted))
        {
            try
            {
                await (await fetch.Stream.Task).DisposeAsync();
            }
            catch (Exception)
            {
                // Nobody waits for this object any more, so its failure does not matter.
            }
        }

        _stop.Dispose();
    }

    private Fetch Take(int source, out bool isFetched)
    {
        lock (_lock)
        {
            // Another thread takes those in between.
            while (_nextPlace <= source)
            {
                AddNext();
            }

            _ = _ahead.Remove(source, out var fetch);
            _bytesAhead -= fetch!.BytesAhead;
            isFetched = fetch.IsStarted;
            if (isFetched && !fetch.Stream.Task.IsCompleted)
            {
                _maxInFlight = Math.Min(_maxInFlight + (_maxInFlight / 4), MaxInFlight);
            }

            return fetch;
        }
    }

    private void FetchAhead()
    {
        while (TryStartNext(out var fetch))
        {
            _ = FetchOneAfterTheOtherAsync(fetch);
        }
    }

    private async Task FetchOneAfterTheOtherAsync(Fetch? fetch)
    {
        while (fetch is not null)
        {
            await FetchAsync(fetch);
            _ = TryStartNext(out fetch);
        }
    }

    private async Task FetchAsync(Fetch fetch)
    {
        try
        {
            var stream = await OpenAsync(fetch);
            End(failed: false);
            fetch.Stream.SetResult(stream);
        }
        catch (Exception failure)
        {
            // The reader stops here, so nothing behind this object is needed.
            End(failed: true);
            fetch.Stream.SetException(failure);
        }
    }

    private void End(bool failed)
    {
        lock (_lock)
        {
            _inFlight--;
            _isEnding |= failed;
        }
    }

    private async Task<Stream> OpenAsync(Fetch fetch)
    {
        if (!fetch.IsWhole)
        {
            return await store.OpenAsync(fetch.Source, _stop.Token);
        }

        await using var stored = await store.OpenAsync(fetch.Source, _stop.Token);
        return await PooledStream.ReadAsync(stored, fetch.Source.Size, _stop.Token);
    }

    private bool TryStartNext([NotNullWhen(true)] out Fetch? fetch)
    {
        lock (_lock)
        {
            fetch = null;
            if (_isEnding || _nextPlace == count || _inFlight >= _maxInFlight || _ahead.Count >= MaxAhead)
            {
                return false;
            }

            var next = _next ??= NewFetch();
            bool fits = _ahead.Count == 0 || _bytesAhead + next.BytesAhead <= MaxBytesAhead;
            if (!next.IsWhole || !fits)
            {
                return false;
            }

            fetch = AddNext();
            fetch.IsStarted = true;
            _inFlight++;
            return true;
        }
    }

    private Fetch AddNext()
    {
        var fetch = _next ?? NewFetch();
        _next = null;
        _ahead.Add(_nextPlace++, fetch);
        _bytesAhead += fetch.BytesAhead;
        return fetch;
    }

    private Fetch NewFetch() => new(
        sourceAt(_nextPlace), _nextPlace == 0 && !IsReadTwice ? MaxFetchedFirstBytes : MaxFetchedBytes);

    /// <summary>A source that is ahead of the reader.</summary>
    private sealed class Fetch(StoredObject source, long maxFetchedBytes)
    {
        public StoredObject Source => source;

        /// <summary>Whether the object is fetched whole and ahead of its reader.</summary>
        public bool IsWhole => source.Size <= maxFetchedBytes;

        public long BytesAhead => IsWhole ? source.Size : 0;

        /// <summary>Whether it is requested ahead of its reader, who opens it otherwise.</summary>
        public bool IsStarted { get; set; }

        public TaskCompletionSource<Stream> Stream { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
