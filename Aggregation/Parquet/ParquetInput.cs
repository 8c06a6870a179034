using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Parquet;

/// <summary>
/// A stored object as the seekable stream that ParquetSharp reads. Its end, where the footer is, is fetched once. It
/// keeps the first failure of the store.
/// </summary>
internal sealed class ParquetInput(IObjectStore store, StoredObject file, CancellationToken cancellation) : Stream
{
    /// <summary>Bytes fetched from the end of the object, enough for the footer of about 100 row groups.</summary>
    private const int TailBytes = 1 << 20;

    private byte[]? _tail;

    /// <summary>The first failure of a read; see <see cref="ParquetCall"/>.</summary>
    public FirstFailure Failure { get; } = new();

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => file.Size;
    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int bytes = (int)Math.Min(buffer.Length, Length - Position);
        if (bytes <= 0)
        {
            return 0;
        }

        try
        {
            Fetch(Position, buffer[..bytes]);
        }
        catch (Exception failure) when (Failure.Keep(failure))
        {
            throw;
        }

        Position += bytes;
        return bytes;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fetch(long offset, Span<byte> destination)
    {
        _tail ??= Fetch(Math.Max(0, Length - TailBytes), (int)Math.Min(Length, TailBytes));
        long inTail = offset - (Length - _tail.Length);
        var bytes = inTail >= 0
            ? _tail.AsSpan((int)inTail, destination.Length)
            : Fetch(offset, destination.Length);
        bytes.CopyTo(destination);
    }

    // The one place that waits for I/O: ParquetSharp reads synchronously.
    private byte[] Fetch(long offset, int bytes)
    {
        byte[] fetched = new byte[bytes];
        store.ReadRangeAsync(file, offset, fetched, cancellation).GetAwaiter().GetResult();
        return fetched;
    }
}
