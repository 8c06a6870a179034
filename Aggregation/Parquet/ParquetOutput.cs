using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Parquet;

/// <summary>
/// The stream that ParquetSharp writes a file to. It passes the bytes on until the file is discarded, and keeps the
/// first failure of the stream below it.
/// </summary>
internal sealed class ParquetOutput(Stream output) : AppendStream
{
    /// <summary>The first failure of a write; see <see cref="ParquetCall"/>.</summary>
    public FirstFailure Failure { get; } = new();

    /// <summary>Whether further bytes are dropped.</summary>
    public bool Discard { get; set; }

    protected override void Append(ReadOnlySpan<byte> buffer)
    {
        if (Discard)
        {
            return;
        }

        try
        {
            output.Write(buffer);
        }
        catch (Exception failure) when (Failure.Keep(failure))
        {
            throw;
        }
    }
}
