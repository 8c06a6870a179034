using System.Collections.Concurrent;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// A file that is being written under the hidden name <c>.name.random.partial</c> beside its final path. It is locked
/// until its turn to be completed; completing it flushes it to the disk and renames it. The condition (nothing there,
/// or still the same file) is checked in that turn, right before the rename. This protects against every other run of
/// this tool, but not against another program that writes the file in that instant.
/// </summary>
internal sealed class DirectoryStagedFile : IStagedObject
{
    /// <summary>
    /// The clean-up of another run can get in the way again and again, on a slow disk; what fails this often, for about
    /// a second, has another cause.
    /// </summary>
    private const int MaxAttempts = 1_000;

    /// <summary>Half a second: longer than a clean-up, whose process may have to wait for a processor.</summary>
    private const int MaxAttemptsToTakeTurn = 50;

    private const int BufferBytes = 128 * 1024;

    private static readonly TimeSpan TurnDelay = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly string _partial;
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
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
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
            StoreError.RequireUnchanged(_path, ETagOf(_path), replaced?.ETag);
            Rename(replaced);
            AbandonedFiles.RemoveBeside(_path);
        });
    }

    public Task TakeBackAsync(CancellationToken cancellation) => Attempt(() =>
    {
        cancellation.ThrowIfCancellationRequested();
        using var turn = TakeTurn();
        if (ETagOf(_path) is { } found && found == _completedETag)
        {
            File.Delete(_path);
        }
    });

    /// <summary>
    /// Removes the temporary file. A failure is not reported, because the caller has an earlier cause to report.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            // The rest of the buffer, which nobody needs any more, did not fit on the disk.
        }

        try
        {
            File.Delete(_partial);
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            // A later run finds and removes it: see AbandonedFiles.
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
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
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
                var file = new FileStream(
                    partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
                if (File.Exists(partial))
                {
                    return file;
                }

                file.Dispose();
                throw new FileNotFoundException("It was removed as soon as it was created.");
            }
            catch (IOException e) when (attempt < MaxAttempts && IsRemovedByAnotherRun(e))
            {
                // Try again under another name, out of step with the other run.
                Thread.Sleep(attempt % 3);
            }
        }
    }

    /// <summary>
    /// Whether another run removed the directory before it had a file, or the file before this run locked it. A
    /// directory that is removed while .NET finds it in its way is said to exist already.
    /// </summary>
    private static bool IsRemovedByAnotherRun(IOException e) =>
        e is DirectoryNotFoundException or FileNotFoundException
        || e.HResult is 17 or unchecked((int)0x800700B7) // EEXIST, ERROR_ALREADY_EXISTS
        || FileTurn.IsLocked(e);

    private void Rename(StoredObject? replaced)
    {
        // Unlock the file only in this turn, so that no other run takes it for abandoned, and before the rename,
        // because the lock would block readers of the new file.
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
            throw StoreError.Lost(_path, StoreError.Exists, e);
        }

        _completedETag = ETagOf(_path);
    }

    /// <summary>
    /// Moves the new file's time of change until its ETag differs from the replaced file's. Both are equal when the
    /// files have the same size and were written within one step of the file system's clock (100 ns to 2 s).
    /// </summary>
    private void MakeDistinctFrom(StoredObject former)
    {
        const long maxTicks = 10 * TimeSpan.TicksPerSecond;
        for (long ticks = 1; ticks <= maxTicks && ETagOf(_partial) == former.ETag; ticks *= 10)
        {
            File.SetLastWriteTimeUtc(_partial, File.GetLastWriteTimeUtc(_partial).AddTicks(ticks));
        }
    }

    /// <summary>Takes the turn. The clean-up of another run may have it for a moment.</summary>
    private FileStream TakeTurn()
    {
        for (int attempt = 1; ; attempt++)
        {
            if (FileTurn.TryTake(_path) is { } turn)
            {
                return turn;
            }

            if (attempt == MaxAttemptsToTakeTurn)
            {
                throw StoreError.Lost(_path, "it is completing the file at this moment");
            }

            Thread.Sleep(TurnDelay);
        }
    }

    private static string? ETagOf(string path) =>
        new FileInfo(path) is { Exists: true } file ? DirectoryStore.ETagOf(file.Length, file.LastWriteTimeUtc) : null;

    private void CreateDirectory(string directory)
    {
        string? missing = directory;
        while (missing is { Length: > 0 } && !Directory.Exists(missing))
        {
            _created.TryAdd(missing, 0);
            missing = Path.GetDirectoryName(missing);
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
            string? directory = Path.GetDirectoryName(_path);
            while (directory is not null && _created.ContainsKey(directory))
            {
                Directory.Delete(directory);
                directory = Path.GetDirectoryName(directory);
            }
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
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
            catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
            {
                throw DirectoryError.Of(path, "written", e);
            }
        }
    }
}
