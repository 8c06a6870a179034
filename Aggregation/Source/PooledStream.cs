using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Source;

/// <summary>An object's stored bytes in a pooled buffer, which goes back when the stream is disposed.</summary>
internal sealed class PooledStream : MemoryStream
{
    private byte[]? _buffer;

    private PooledStream(byte[] buffer, int length) : base(buffer, 0, length, writable: false) => _buffer = buffer;

    /// <summary>Reads the stream to its end.</summary>
    public static async Task<PooledStream> ReadAsync(Stream stored, long size, CancellationToken cancellation)
    {
        // A byte more than there should be: the last read sees the end, where the store checks the object once more.
        byte[] buffer = LargeBuffers.Rent(checked((int)size + 1));
        try
        {
            int length = await stored.ReadAtLeastAsync(buffer.AsMemory(0, (int)size + 1), (int)size + 1, throwOnEndOfStream: false, cancellation);
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
