using System.Runtime.ExceptionServices;
using CloudTrailAggregation.Ground;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>
/// A stream that ParquetSharp reads or writes. ParquetSharp reports a failure of its stream as one of its own, without the
/// cause: the stream keeps the first.
/// </summary>
internal abstract class ParquetStream : Stream
{
    private Exception? _failure;

    /// <summary>Calls ParquetSharp; a failure of this stream comes out unchanged.</summary>
    /// <param name="call">Uses the stream.</param>
    /// <param name="explain">Makes the operator's message of any other failure.</param>
    /// <exception cref="AggregationException">The call failed.</exception>
    public T Call<T>(Func<T> call, Func<Exception, AggregationException> explain)
    {
        try
        {
            return call();
        }
        catch (Exception) when (_failure is AggregationException or OperationCanceledException)
        {
            ExceptionDispatchInfo.Throw(_failure);
            throw;
        }
        catch (Exception error) when (error is ParquetException or InvalidOperationException or OverflowException)
        {
            throw explain(_failure ?? error);
        }
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>An exception filter that keeps the first failure and catches none.</summary>
    protected bool Keeps(Exception failure)
    {
        _failure ??= failure;
        return false;
    }
}
