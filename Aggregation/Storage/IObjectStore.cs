using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// A root (bucket and prefix, or directory) that holds objects by key.
/// Keys are relative to the root and use '/'. Failures that an operator can mend are
/// <see cref="AggregationException"/>s whose message holds <see cref="UriOf"/> of the key.
/// </summary>
public interface IObjectStore
{
    /// <summary>The object as messages and reports name it: <c>s3://bucket/prefix/key</c> or a path.</summary>
    string UriOf(string key);

    /// <summary>The objects whose key starts with <paramref name="prefix"/>, in ordinal order of their UTF-8 keys.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>
    /// The folders at <paramref name="prefix"/>: each key that starts with it, cut behind the next '/'; each folder once, in
    /// ordinal order of its UTF-8 bytes. What is deeper is not listed, so a folder costs the same with one object or a
    /// million. Stop the enumeration where enough is known. A directory is a folder even when it is empty.
    /// </summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation);

    /// <summary>The same store one folder up, to tell what is beside a root that holds nothing; null where there is none.</summary>
    IObjectStore? Above => null;

    /// <summary>
    /// A forward-only stream of the object as it was listed. An object that is gone or that has another
    /// ETag by now fails, at once or while it is read. Dispose the stream.
    /// </summary>
    Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation);

    /// <summary>Fills <paramref name="destination"/> with the object's bytes from <paramref name="offset"/> on.</summary>
    Task ReadRangeAsync(StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Starts an object that nobody sees before <see cref="IStagedObject.CompleteAsync"/>.</summary>
    /// <param name="key">The key it will have.</param>
    /// <param name="contentType">Its media type, where the store keeps one.</param>
    /// <param name="cancellation">Ends a write that waits until earlier bytes are sent.</param>
    IStagedObject Stage(string key, string contentType, CancellationToken cancellation);

    /// <summary>Removes the object; one that is not there is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>How many requests have been sent again so far, because they failed or their answer broke off.</summary>
    long Retries => 0;
}

/// <summary>An object as a listing shows it.</summary>
/// <param name="Key">Its key below the store's root.</param>
/// <param name="Size">Its size in bytes, as stored.</param>
/// <param name="ETag">An opaque text that changes with its content.</param>
/// <param name="IsArchived">Whether it must be restored before it can be read.</param>
public readonly record struct StoredObject(string Key, long Size, string ETag, bool IsArchived = false);

/// <summary>An object being written; <see cref="IAsyncDisposable.DisposeAsync"/> without completion aborts it.</summary>
public interface IStagedObject : IAsyncDisposable
{
    /// <summary>The key it will have.</summary>
    string Key { get; }

    /// <summary>
    /// Takes the bytes. A write may wait until earlier bytes are sent, and throws the first failure of sending them.
    /// Disposing it has no effect: only the staged object completes or aborts.
    /// </summary>
    Stream Content { get; }

    /// <summary>
    /// Takes no more bytes and brings the last ones to the store, where they can still be refused: what is left to
    /// <see cref="CompleteAsync"/> is one step.
    /// </summary>
    Task FinishAsync(CancellationToken cancellation);

    /// <summary>
    /// Finishes the object if it is not, and makes the object visible, whole, on the condition that its key still holds <paramref name="replaced"/>
    /// (nothing, when null). After an ambiguous answer the store looks whether the object there is this one.
    /// </summary>
    /// <exception cref="CommitLostException">Another writer was faster; nothing was changed.</exception>
    Task CompleteAsync(StoredObject? replaced, CancellationToken cancellation);

    /// <summary>Removes the completed object, unless another one stands at its key by now.</summary>
    Task TakeBackAsync(CancellationToken cancellation);
}

/// <summary>The object is in a storage class or tier that cannot be read before it is restored.</summary>
public sealed class ArchivedObjectException(string uri, Exception? innerException = null)
    : AggregationException($"{uri}: it is archived. Restore it first (aws s3api restore-object), and start again once that is done.", innerException)
{
    /// <summary>The object, as messages name it.</summary>
    public string Uri => uri;
}

/// <summary>The key no longer holds the object that was to be replaced: another run was faster.</summary>
public sealed class CommitLostException(string message, Exception? innerException = null)
    : AggregationException(message, innerException);
