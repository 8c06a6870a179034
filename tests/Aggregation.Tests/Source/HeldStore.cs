using System.Globalization;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Tests.Source;

/// <summary>
/// A store of made-up objects whose answers the test gives one by one, in any order. An object's bytes repeat its
/// place.
/// </summary>
internal sealed class HeldStore : IObjectStore
{
    private readonly SortedDictionary<int, TaskCompletionSource<Stream>> _held = [];

    /// <summary>The places that were asked for, in the order of the requests.</summary>
    public List<int> Asked { get; } = [];

    /// <summary>The streams that were answered and not disposed.</summary>
    public int Open { get; private set; }

    /// <summary>The places that were asked for and not answered, in ascending order.</summary>
    public int[] Held => [.. _held.Keys];

    public static StoredObject ObjectAt(int place, long size) =>
        new(place.ToString(CultureInfo.InvariantCulture), size, "etag");

    public Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation)
    {
        int place = int.Parse(source.Key, CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<Stream>();
        cancellation.Register(() => answer.TrySetCanceled(cancellation));
        Asked.Add(place);
        _held.Add(place, answer);
        return answer.Task;
    }

    /// <summary>Answers a request with the object.</summary>
    public void Answer(int place, long size)
    {
        _ = _held.Remove(place, out var answer);
        byte[] bytes = new byte[size];
        Array.Fill(bytes, (byte)place);
        Open++;
        answer!.SetResult(new Counted(bytes, this));
    }

    public void Fail(int place, Exception failure)
    {
        _ = _held.Remove(place, out var answer);
        answer!.SetException(failure);
    }

    public string UriOf(string key) => throw new NotSupportedException();

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string key, CancellationToken cancellation) => throw new NotSupportedException();

    private sealed class Counted(byte[] bytes, HeldStore store) : MemoryStream(bytes)
    {
        private bool _disposed;

        protected override void Dispose(bool disposing)
        {
            store.Open -= _disposed ? 0 : 1;
            _disposed = true;
            base.Dispose(disposing);
        }
    }
}
