using System.Collections.Concurrent;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// A file being written under the hidden name <c>.name.random.partial</c> beside its future place, and locked meanwhile.
/// Completing it writes it through to the disk and renames it. "Nothing there" is decided by the file system (link(2));
/// "still the same file" by looking, under a lock file, right before the rename: it holds against every
/// other run of this tool, not against a foreign program that writes the file in that instant.
/// </summary>
internal sealed class DirectoryStagedFile : IStagedObject
{
    private readonly string _path, _partial;
    private readonly ConcurrentDictionary<string, byte> _created;
    private readonly FileStream _file;
    private readonly FileContent _content;
    private string? _completedETag;

    public DirectoryStagedFile(string key, string path, ConcurrentDictionary<string, byte> created)
    {
        Key = key;
        _path = path;
        _created = created;
        string directory = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        _partial = Path.Combine(directory, $".{name}.{Guid.NewGuid():n}{AbandonedFiles.Suffix}");
        try
        {
            CreateDirectory(directory);
            _file = new FileStream(_partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 128 * 1024);
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            RemoveEmptyDirectories();
            throw DirectoryError.Of(path, "created", e);
        }
        _content = new FileContent(_file, path);
    }

    public string Key { get; }

    public Stream Content => _content;

    public Task FinishAsync(CancellationToken cancellation) => Attempt(() =>
    {
        cancellation.ThrowIfCancellationRequested();
        _content.Seal();
        _file.Flush(flushToDisk: true);
    });

    public async Task CompleteAsync(StoredObject? replaced, CancellationToken cancellation)
    {
        await FinishAsync(cancellation);
        await Attempt(() =>
        {
            _file.Dispose();
            Rename(replaced);
        });
    }

    public Task TakeBackAsync(CancellationToken cancellation) => Attempt(() =>
    {
        cancellation.ThrowIfCancellationRequested();
        using var turn = TakeTurn();
        if (ETagOf(_path) is { } there && there == _completedETag) File.Delete(_path);
    });

    /// <summary>Removes what is not completed. Failing to is not reported: the first cause counts.</summary>
    public ValueTask DisposeAsync()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            // The rest of the buffer, which nobody wants any more, did not fit on the disk.
        }
        try
        {
            File.Delete(_partial);
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
        }
        RemoveEmptyDirectories();
        return ValueTask.CompletedTask;
    }

    private Task Attempt(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            throw DirectoryError.Of(_path, "written", e);
        }
        return Task.CompletedTask;
    }

    private void Rename(StoredObject? replaced)
    {
        using var turn = TakeTurn();
        if (replaced is { } expected) RequireUnchanged(expected);
        // Of the same size, and written within one tick of the clock: it would pass for what it replaces.
        if (ETagOf(_partial) == replaced?.ETag) File.SetLastWriteTimeUtc(_partial, File.GetLastWriteTimeUtc(_partial).AddTicks(1));
        try
        {
            File.Move(_partial, _path, overwrite: replaced is not null);
            _completedETag = ETagOf(_path);
        }
        catch (IOException e) when (replaced is null && File.Exists(_path))
        {
            throw StoreError.Lost(_path, "there is a file by now", e);
        }
        AbandonedFiles.Remove(Path.GetDirectoryName(_path)!);
    }

    // .NET removes such a file before it lets go of the lock, and opens again what was removed meanwhile.
    private FileStream TakeTurn()
    {
        string path = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (e.HResult is 11 or 35 or unchecked((int)0x80070020)) // EWOULDBLOCK (Linux, macOS), ERROR_SHARING_VIOLATION
        {
            throw StoreError.Lost(_path, "it is being completed at this moment", e);
        }
    }

    private void RequireUnchanged(StoredObject expected)
    {
        string? there = ETagOf(_path);
        if (there is null) throw StoreError.Lost(_path, "the file that was to be replaced is gone");
        if (there != expected.ETag) throw StoreError.Lost(_path, "the file that was to be replaced is another one by now");
    }

    private static string? ETagOf(string path) =>
        new FileInfo(path) is { Exists: true } file ? DirectoryStore.ETagOf(file.Length, file.LastWriteTimeUtc) : null;

    private void CreateDirectory(string directory)
    {
        for (string? missing = directory; missing is { Length: > 0 } && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
            _created.TryAdd(missing, 0);
        if (directory.Length > 0) Directory.CreateDirectory(directory);
    }

    private void RemoveEmptyDirectories()
    {
        try
        {
            for (string? directory = Path.GetDirectoryName(_path); directory is not null && _created.ContainsKey(directory); directory = Path.GetDirectoryName(directory))
                Directory.Delete(directory);
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            // Not empty, or already gone.
        }
    }

    private sealed class FileContent(FileStream file, string path) : StagedContent
    {
        protected override void Append(ReadOnlySpan<byte> buffer)
        {
            try
            {
                file.Write(buffer);
            }
            catch (Exception e) when (DirectoryError.IsOne(e))
            {
                throw DirectoryError.Of(path, "written", e);
            }
        }
    }
}
