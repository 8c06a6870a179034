using CloudTrailAggregation.Ground;
using Microsoft.Win32.SafeHandles;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// A file as it was listed. Size and time of change are compared when it is opened and again at its end,
/// so that a file that was changed in place while it was read fails. A change that keeps both goes unnoticed.
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
            _file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreError.Gone(path, e);
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            throw DirectoryError.Of(path, "read", e);
        }
        if (IsUnchanged(_file.SafeFileHandle))
        {
            return;
        }

        _file.Dispose();
        throw StoreError.Changed(path);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Checked(_file.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            throw DirectoryError.Of(_file.Name, "read", e);
        }
    }

    // A local file's asynchronous read is a synchronous one on another thread; the detour gains nothing.
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

    private int Checked(int count, int wanted) =>
        count > 0 || wanted == 0 || (_file.Position == _source.Size && IsUnchanged(_file.SafeFileHandle))
            ? count
            : throw StoreError.Changed(_file.Name);

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
