using System.Collections.Concurrent;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// A file being written under the hidden name <c>.name.random.partial</c> beside its future place, and locked until its
/// turn to be completed. Completing it writes it through to the disk and renames it. Whether there is nothing, or still
/// the same file, is decided by looking, in its turn, right before the rename: it holds against every other run of this
/// tool, not against a foreign program that writes the file in that instant.
/// </summary>
internal sealed class DirectoryStagedFile : IStagedObject
{
    /// <summary>Other runs clean up now and then; what fails this often has another cause.</summary>
    private const int MaxAttempts = 100;

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
        try
        {
            _file = Create();
            _partial = _file.Name;
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
            using var turn = TakeTurn();
            if (replaced is { } expected)
            {
                RequireUnchanged(expected);
            }

            Rename(replaced);
            AbandonedFiles.RemoveBeside(_path);
        });
    }

    public Task TakeBackAsync(CancellationToken cancellation) => Attempt(() =>
    {
        cancellation.ThrowIfCancellationRequested();
        using var turn = TakeTurn();
        if (ETagOf(_path) is { } there && there == _completedETag)
        {
            File.Delete(_path);
        }
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

    /// <summary>Creates the temporary file, locked.</summary>
    private FileStream Create()
    {
        for (int attempt = 1; ; attempt++)
        {
            string partial = AbandonedFiles.NewPathFor(_path);
            try
            {
                CreateDirectory(Path.GetDirectoryName(_path)!);
                var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 128 * 1024);
                if (File.Exists(partial))
                {
                    return file;
                }

                file.Dispose();
                throw new FileNotFoundException("It was removed as soon as it was created.");
            }
            catch (IOException e) when (attempt < MaxAttempts && (e is DirectoryNotFoundException or FileNotFoundException || FileTurn.IsLocked(e)))
            {
                // Another run has removed the directory before it had a file, or the file before it was locked.
            }
        }
    }

    private void Rename(StoredObject? replaced)
    {
        // Unlocked in this turn only, so that no other run takes the file for abandoned; and before the rename,
        // because its lock would refuse those who read the new file.
        _file.Dispose();
        if (replaced is { } former)
        {
            MakeDistinctFrom(former);
        }

        try
        {
            File.Move(_partial, _path, overwrite: replaced is not null);
        }
        catch (IOException e) when (replaced is null && File.Exists(_path))
        {
            throw StoreError.Lost(_path, "there is a file by now", e);
        }

        _completedETag = ETagOf(_path);
    }

    /// <summary>
    /// What has the size of the file that it replaces, and was written within one step of the file system's clock
    /// (100 ns to 2 s), would pass for it: it gets a later time.
    /// </summary>
    private void MakeDistinctFrom(StoredObject former)
    {
        for (long ticks = 1; ticks <= 10 * TimeSpan.TicksPerSecond && ETagOf(_partial) == former.ETag; ticks *= 10)
        {
            File.SetLastWriteTimeUtc(_partial, File.GetLastWriteTimeUtc(_partial).AddTicks(ticks));
        }
    }

    private FileStream TakeTurn() => FileTurn.TryTake(_path) ?? throw StoreError.Lost(_path, "it is being completed at this moment");

    private void RequireUnchanged(StoredObject expected)
    {
        string? there = ETagOf(_path);
        if (there is null)
        {
            throw StoreError.Lost(_path, "the file that was to be replaced is gone");
        }

        if (there != expected.ETag)
        {
            throw StoreError.Lost(_path, "the file that was to be replaced is another one by now");
        }
    }

    private static string? ETagOf(string path) =>
        new FileInfo(path) is { Exists: true } file ? DirectoryStore.ETagOf(file.Length, file.LastWriteTimeUtc) : null;

    private void CreateDirectory(string directory)
    {
        for (string? missing = directory; missing is { Length: > 0 } && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
        {
            _created.TryAdd(missing, 0);
        }

        if (directory.Length > 0)
        {
            Directory.CreateDirectory(directory);
        }
    }

    private void RemoveEmptyDirectories()
    {
        try
        {
            for (string? directory = Path.GetDirectoryName(_path); directory is not null && _created.ContainsKey(directory); directory = Path.GetDirectoryName(directory))
            {
                Directory.Delete(directory);
            }
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
