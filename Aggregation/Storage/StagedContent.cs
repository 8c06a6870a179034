using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// The stream that takes a staged object's bytes; disposing it has no effect.
/// It keeps its first failure and throws it again at each later write, because a native writer (ParquetSharp) replaces
/// an exception of its stream with one of its own.
/// </summary>
internal abstract class StagedContent : AppendStream
{
    private readonly FirstFailure _failure = new();
    private bool _isSealed;

    public override bool CanWrite => !_isSealed;

    /// <summary>Refuses every later write.</summary>
    /// <exception cref="AggregationException">The first failure of an earlier write.</exception>
    public void Seal()
    {
        _isSealed = true;
        _failure.ThrowIfAny();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isSealed, this);
        _failure.ThrowIfAny();
        try
        {
            base.Write(buffer);
        }
        catch (Exception e) when (_failure.Keep(e))
        {
            throw;
        }
    }
}
