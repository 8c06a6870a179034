namespace CloudTrailAggregation.Ground;

/// <summary>
/// A stream that is only written, from its start to its end. It counts its bytes; a flush has no effect.
/// </summary>
internal abstract class AppendStream : Stream
{
    private long _position;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _position;

    /// <summary>The number of bytes written so far; it cannot be set.</summary>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Append(buffer);
        _position += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // Bytes become durable when the staged object is completed, not before.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Takes all bytes before it returns.</summary>
    protected abstract void Append(ReadOnlySpan<byte> buffer);
}
