using CloudTrailAggregation.Ground;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>Calls ParquetSharp, which reports a failure of its stream as one of its own, without the cause.</summary>
internal static class ParquetCall
{
    /// <summary>Calls ParquetSharp and throws a failure of its stream unchanged.</summary>
    /// <param name="streamFailure">Where the stream keeps its failure.</param>
    /// <param name="call">Uses the stream.</param>
    /// <param name="explain">Makes the operator's message of any other failure.</param>
    /// <exception cref="AggregationException">The call failed.</exception>
    public static T Run<T>(FirstFailure streamFailure, Func<T> call, Func<Exception, AggregationException> explain)
    {
        try
        {
            return call();
        }
        catch (Exception) when (streamFailure.Exception is AggregationException or OperationCanceledException)
        {
            streamFailure.ThrowIfAny();
            throw;
        }
        catch (Exception error) when (error is ParquetException or InvalidOperationException or OverflowException)
        {
            throw explain(streamFailure.Exception ?? error);
        }
    }
}
