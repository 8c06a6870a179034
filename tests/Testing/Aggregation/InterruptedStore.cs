using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A real store in which something happens at a chosen moment: a failure, a cancellation, another writer.
/// </summary>
internal sealed class InterruptedStore(IObjectStore store) : IObjectStore
{
    /// <summary>Before a listing, with its prefix and its number from 1.</summary>
    public Func<string, int, Task> Listing { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Before folders are listed, with the prefix.</summary>
    public Action<string> ListingFolders { get; init; } = _ => { };

    /// <summary>Before an object is opened, with its key.</summary>
    public Func<string, Task> Opening { get; init; } = _ => Task.CompletedTask;

    /// <summary>Before a range of an object is read, with its key.</summary>
    public Func<string, Task> Reading { get; init; } = _ => Task.CompletedTask;

    /// <summary>Before bytes go into a staged object, with its key and the number of bytes it has.</summary>
    public Action<string, long> Writing { get; init; } = (_, _) => { };

    /// <summary>Before a staged object's last bytes are brought to the store, with its key.</summary>
    public Func<string, Task> Finishing { get; init; } = _ => Task.CompletedTask;

    /// <summary>Before a staged object is completed, with its key.</summary>
    public Func<string, Task> Completing { get; init; } = _ => Task.CompletedTask;

    /// <summary>After a staged object was completed, with its key.</summary>
    public Action<string> Completed { get; init; } = _ => { };

    /// <summary>Before a completed object is taken back, with its key.</summary>
    public Func<string, Task> TakingBack { get; init; } = _ => Task.CompletedTask;

    private int _listings;

    /// <summary>A store that notes the key of each object that is opened.</summary>
    public static InterruptedStore Noting(IObjectStore store, ConcurrentQueue<string> opened) => new(store)
    {
        Opening = key =>
        {
            opened.Enqueue(key);
            return Task.CompletedTask;
        },
    };

    public string UriOf(string key) => store.UriOf(key);

    public string Root => store.Root;

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Listing(prefix, Interlocked.Increment(ref _listings));
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            yield return stored;
        }
    }

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation)
    {
        ListingFolders(prefix);
        return store.ListFoldersAsync(prefix, cancellation);
    }

    public async Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation)
    {
        await Opening(source.Key);
        return await store.OpenAsync(source, cancellation);
    }

    public async Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        await Reading(source.Key);
        await store.ReadRangeAsync(source, offset, destination, cancellation);
    }

    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        new Staged(this, store.Stage(key, contentType, cancellation));

    public Task DeleteAsync(string key, CancellationToken cancellation) => store.DeleteAsync(key, cancellation);

    private sealed class Staged(InterruptedStore store, IStagedObject staged) : IStagedObject
    {
        public string Key => staged.Key;

        public Stream Content { get; } = new WatchedStream(
            staged.Content, position => store.Writing(staged.Key, position));

        public async Task FinishAsync(CancellationToken cancellation)
        {
            await store.Finishing(Key);
            await staged.FinishAsync(cancellation);
        }

        public async Task CompleteAsync(StoredObject? replaced, CancellationToken cancellation)
        {
            await store.Completing(Key);
            await staged.CompleteAsync(replaced, cancellation);
            store.Completed(Key);
        }

        public async Task TakeBackAsync(CancellationToken cancellation)
        {
            await store.TakingBack(Key);
            await staged.TakeBackAsync(cancellation);
        }

        public ValueTask DisposeAsync() => staged.DisposeAsync();
    }

    private sealed class WatchedStream(Stream output, Action<long> writing) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            writing(output.Position);
            output.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
