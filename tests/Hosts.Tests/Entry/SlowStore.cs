using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>
/// A store in which opening one object takes a long time: the clock moves forward, and the wait may be canceled.
/// </summary>
internal sealed class SlowStore(IObjectStore store, string slowKey, FakeTime time, TimeSpan takes) : IObjectStore
{
    public string UriOf(string key) => store.UriOf(key);

    public string Root => store.Root;

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        store.ListAsync(prefix, cancellation);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation) =>
        store.ListFoldersAsync(prefix, cancellation);

    public Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation)
    {
        if (source.Key == slowKey)
        {
            time.Advance(takes);
            cancellation.ThrowIfCancellationRequested();
        }

        return store.OpenAsync(source, cancellation);
    }

    public Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        store.ReadRangeAsync(source, offset, destination, cancellation);

    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        store.Stage(key, contentType, cancellation);

    public Task DeleteAsync(string key, CancellationToken cancellation) => store.DeleteAsync(key, cancellation);
}
