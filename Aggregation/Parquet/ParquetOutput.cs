namespace CloudTrailAggregation.Parquet;

/// <summary>Takes a file's bytes from ParquetSharp, which asks how many there are, until the file is to be discarded.</summary>
internal sealed class ParquetOutput(Stream output) : ParquetStream
{
    private long _position;

    /// <summary>Whether nothing is let through anymore.</summary>
    public bool Discard { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _position;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Discard)
        {
            return;
        }

        try
        {
            output.Write(buffer);
            _position += buffer.Length;
        }
        catch (Exception failure) when (Keeps(failure))
        {
            throw;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Bytes go out in full parts; completing the staged object sends the rest.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
}
