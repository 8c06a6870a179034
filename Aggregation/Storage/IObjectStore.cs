using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// Objects by key, in a bucket under a prefix or in a directory: the store's root.
/// Keys are relative to the root and use '/'. A failure that an operator can fix is an
/// <see cref="AggregationException"/> whose message contains <see cref="UriOf"/> of the key.
/// </summary>
public interface IObjectStore
{
    /// <summary>The object as messages and reports name it: <c>s3://bucket/prefix/key</c> or a path.</summary>
    string UriOf(string key);

    /// <summary>
    /// The store's root, always the same for the same place: <c>s3://bucket/prefix/</c>, or a directory's full path
    /// with '/' between its names and at its end.
    /// </summary>
    string Root => UriOf("");

    /// <summary>
    /// The objects whose key starts with <paramref name="prefix"/>, in ordinal order of their UTF-8 keys.
    /// </summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>
    /// The folders at <paramref name="prefix"/>: each key that starts with it, cut after the next '/'. Each folder
    /// appears once, in ordinal order of its UTF-8 bytes. Nothing deeper is listed, so a folder costs the same with one
    /// object or a million. Stop the enumeration as soon as you know enough. A directory is a folder even when it is
    /// empty.
    /// </summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation);

    /// <summary>
    /// The same store one folder up, so that a message can name what is beside an empty root; null if there is none.
    /// </summary>
    IObjectStore? Above => null;

    /// <summary>
    /// A forward-only stream of the object that was listed; the caller disposes it.
    /// </summary>
    /// <exception cref="AggregationException">
    /// The object is gone or has another ETag. Reading the stream can throw the same.
    /// </exception>
    Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation);

    /// <summary>
    /// Fills <paramref name="destination"/> with the object's bytes from <paramref name="offset"/> on.
    /// </summary>
    /// <exception cref="AggregationException">The object is gone or has another ETag, or cannot be read.</exception>
    Task ReadRangeAsync(StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Starts an object that is invisible until <see cref="IStagedObject.CompleteAsync"/>.</summary>
    /// <param name="key">The key it will have.</param>
    /// <param name="contentType">Its media type, for a store that keeps one.</param>
    /// <param name="cancellation">Ends a write that waits until earlier bytes are sent.</param>
    IStagedObject Stage(string key, string contentType, CancellationToken cancellation);

    /// <summary>Removes the object; a missing one is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>The number of requests sent again so far, because they failed or their answer broke off.</summary>
    long Retries => 0;

    /// <summary>The requests so far, without those sent again; null in a store that sends none.</summary>
    RequestCounts? Requests => null;
}

/// <summary>An object as a listing shows it.</summary>
/// <param name="Key">Its key below the store's root.</param>
/// <param name="Size">Its size in bytes, as stored.</param>
/// <param name="ETag">An opaque text that changes whenever its content changes.</param>
/// <param name="IsArchived">Whether somebody must restore it before it can be read.</param>
/// <param name="Modified">
/// When it was written; of a multipart upload to S3, when that upload was started. The earliest time where that is not
/// known.
/// </param>
public readonly record struct StoredObject(
    string Key, long Size, string ETag, bool IsArchived = false, DateTimeOffset Modified = default);

/// <summary>
/// An object that is being written. <see cref="IAsyncDisposable.DisposeAsync"/> aborts it unless it is complete.
/// </summary>
public interface IStagedObject : IAsyncDisposable
{
    /// <summary>The key it will have.</summary>
    string Key { get; }

    /// <summary>
    /// Takes the bytes. A write may wait until earlier bytes are sent, and throws the first failure to send them.
    /// Disposing the stream has no effect: only the staged object completes or aborts.
    /// </summary>
    Stream Content { get; }

    /// <summary>
    /// Seals the content and sends the last bytes, which the store can still refuse. <see cref="CompleteAsync"/> is
    /// then a single step.
    /// </summary>
    Task FinishAsync(CancellationToken cancellation);

    /// <summary>
    /// Finishes the object if necessary, and makes it visible as a whole, on the condition that its key still holds
    /// <paramref name="replaced"/> (nothing, if null). After an ambiguous answer the store checks whether the object at
    /// the key is this one.
    /// </summary>
    /// <exception cref="CommitLostException">Another writer was faster, and this call changed nothing.</exception>
    Task CompleteAsync(StoredObject? replaced, CancellationToken cancellation);

    /// <summary>Removes the completed object, unless its key holds another one in the meantime.</summary>
    Task TakeBackAsync(CancellationToken cancellation);
}

/// <summary>The object is in a storage class or tier that nobody can read until the object is restored.</summary>
public sealed class ArchivedObjectException(string uri, Exception? innerException = null)
    : AggregationException(
        $"{uri}: it is archived. Restore it first (aws s3api restore-object), and start again once that is done.",
        innerException)
{
    /// <summary>The object, as messages name it.</summary>
    public string Uri => uri;
}

/// <summary>An object is not the one that was listed any more: it came, went or changed.</summary>
public sealed class ObjectChangedException(string message, Exception? innerException = null)
    : AggregationException(message, innerException);

/// <summary>Another run was faster: the key no longer holds the object that this run was to replace.</summary>
public sealed class CommitLostException(string message, Exception? innerException = null)
    : AggregationException(message, innerException);
