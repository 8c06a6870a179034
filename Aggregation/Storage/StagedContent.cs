using System.Runtime.ExceptionServices;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// What a staged object is written to: append only, and disposing it has no effect.
/// Its first failure is kept and thrown again by each later write, because native writers
/// (ParquetSharp) turn an exception of their stream into one of their own.
/// </summary>
internal abstract class StagedContent : Stream
{
    private ExceptionDispatchInfo? _failure;
    private long _position;
    private bool _closed;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => !_closed;
    public override long Length => _position;

    /// <summary>The number of bytes written so far; it cannot be set.</summary>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>Takes all bytes before it returns.</summary>
    protected abstract void Append(ReadOnlySpan<byte> buffer);

    /// <summary>No write is accepted from now on.</summary>
    /// <exception cref="AggregationException">The first failure of an earlier write.</exception>
    public void Seal()
    {
        _closed = true;
        _failure?.Throw();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _failure?.Throw();
        try
        {
            Append(buffer);
            _position += buffer.Length;
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // Bytes become durable when the object is completed, not before.
    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
