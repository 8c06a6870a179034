using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// A stream that returns its bytes in reads of chosen sizes, repeating the last size, and records that it was disposed.
/// </summary>
internal sealed class ChosenReads(byte[] bytes, params int[] sizes) : ForwardStream
{
    private int _reads;
    private int _position;

    public bool Disposed { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public int Given => _position;

    public override int Read(Span<byte> buffer)
    {
        int size = sizes[Math.Min(_reads++, sizes.Length - 1)];
        int read = Math.Min(Math.Min(size, buffer.Length), bytes.Length - _position);
        bytes.AsSpan(_position, read).CopyTo(buffer);
        _position += read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }
}
