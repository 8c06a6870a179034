using CloudTrailAggregation.Ground;
using Microsoft.Win32.SafeHandles;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// The bytes of a file that was listed. The stream compares the file's size and time of change with the listing when it
/// opens the file and again at its end, so reading a file that changes in place fails. A change that keeps both goes
/// unnoticed.
/// </summary>
internal sealed class DirectoryFileStream : ForwardStream
{
    private readonly FileStream _file;
    private readonly StoredObject _source;

    public DirectoryFileStream(string path, StoredObject source)
    {
        _source = source;
        try
        {
            _file = new FileStream(path, new FileStreamOptions
            {
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
                Share = FileShare.ReadWrite | FileShare.Delete,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreError.Gone(path, e);
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            throw DirectoryError.Of(path, "read", e);
        }

        if (!IsUnchanged(_file.SafeFileHandle))
        {
            _file.Dispose();
            throw StoreError.Changed(path);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int count = _file.Read(buffer);
            if (_file.Position > _source.Size)
            {
                throw StoreError.Changed(_file.Name);
            }

            if (count == 0 && buffer.Length > 0)
            {
                CheckEnd();
            }

            return count;
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            throw DirectoryError.Of(_file.Name, "read", e);
        }
    }

    // An asynchronous read of a local file is a synchronous one on another thread, which gains nothing.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(Read(buffer.Span));

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    public void ReadRange(long offset, Span<byte> destination)
    {
        _file.Position = offset;
        for (int n; destination.Length > 0; destination = destination[n..])
        {
            if ((n = Read(destination)) == 0)
            {
                throw StoreError.Changed(_file.Name);
            }
        }

        if (!IsUnchanged(_file.SafeFileHandle))
        {
            throw StoreError.Changed(_file.Name);
        }
    }

    private void CheckEnd()
    {
        if (_file.Position != _source.Size || !IsUnchanged(_file.SafeFileHandle))
        {
            throw StoreError.Changed(_file.Name);
        }
    }

    private bool IsUnchanged(SafeFileHandle file) =>
        DirectoryStore.ETagOf(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file)) == _source.ETag;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
