using System.Collections.Concurrent;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// A directory as an object store: an object's key is the path of its file below the directory. Names that start with
/// '.' are not objects; staged objects have such names until they are complete. An ETag is a file's size and time of
/// change.
/// </summary>
/// <param name="root">The directory, in the form that messages show. It need not exist; staging creates it.</param>
public sealed class DirectoryStore(string root) : IObjectStore
{
    // The directories that this store's staged objects created; the last one to be aborted removes them.
    private readonly ConcurrentDictionary<string, byte> _created = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string UriOf(string key) => Path.Combine(root, key);

    /// <inheritdoc/>
    public string Root { get; } =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)).Replace(Path.DirectorySeparatorChar, '/') + "/";

    /// <exception cref="AggregationException">A directory cannot be read. A missing one is empty.</exception>
    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation)
    {
        var (directory, key, name) = Split(prefix);
        return DirectoryWalk.Files(directory, key, name, cancellation).ToAsyncEnumerable();
    }

    /// <exception cref="AggregationException">The directory cannot be read. A missing one is empty.</exception>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (directory, key, name) = Split(prefix);
        return DirectoryWalk.Folders(directory, key, name).ToAsyncEnumerable();
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<Stream>(new DirectoryFileStream(PathOf(source.Key), source));
    }

    /// <inheritdoc/>
    public Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, source.Size - destination.Length);
        cancellation.ThrowIfCancellationRequested();
        using var file = new DirectoryFileStream(PathOf(source.Key), source);
        file.ReadRange(offset, destination.Span);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        new DirectoryStagedFile(key, PathOf(key), _created);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string path = PathOf(key);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // A missing object is no error.
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            throw DirectoryError.Of(path, "deleted", e);
        }

        return Task.CompletedTask;
    }

    internal static string ETagOf(long size, DateTime lastWriteUtc) => $"{size:x}-{lastWriteUtc.Ticks:x}";

    /// <summary>The directory that a listing starts in, its key, and the prefix that names in it must have.</summary>
    private (string Directory, string Key, string Name) Split(string prefix)
    {
        int name = prefix.LastIndexOf('/') + 1;
        return (name == 0 ? root : PathOf(prefix[..(name - 1)]), prefix[..name], prefix[name..]);
    }

    private string PathOf(string key) =>
        key.Contains('\0', StringComparison.Ordinal) || key.Split('/').Any(name => name.Length == 0 || name[0] == '.')
            ? throw DirectoryError.InvalidKey(root, key)
            : UriOf(key);
}
