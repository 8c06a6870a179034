using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>An object's stored bytes in a pooled buffer. Disposing the stream returns the buffer.</summary>
internal sealed class PooledStream : MemoryStream
{
    private byte[]? _buffer;

    private PooledStream(byte[] buffer, int length) : base(buffer, 0, length, writable: false) => _buffer = buffer;

    /// <summary>The stored bytes; valid until this stream is disposed.</summary>
    public ArraySegment<byte> Stored => new(_buffer!, 0, (int)Length);

    /// <summary>Reads a stream to its end, or one byte beyond the expected size.</summary>
    /// <param name="stored">The stored bytes.</param>
    /// <param name="size">Their expected number.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public static async Task<PooledStream> ReadAsync(Stream stored, long size, CancellationToken cancellation)
    {
        // Ask for one byte more than expected, so that the last read reaches the end, where the store checks the object
        // again.
        int wanted = checked((int)size + 1);
        byte[] buffer = LargeBuffers.Rent(wanted);
        try
        {
            int length = await stored.ReadAtLeastAsync(
                buffer.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellation);
            return new PooledStream(buffer, length);
        }
        catch
        {
            LargeBuffers.Return(buffer);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_buffer is not null)
        {
            LargeBuffers.Return(_buffer);
            _buffer = null;
        }

        base.Dispose(disposing);
    }
}
