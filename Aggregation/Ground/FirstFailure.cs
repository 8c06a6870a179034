using System.Runtime.ExceptionServices;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Keeps the first exception of an operation for a caller who would otherwise see a later or a less exact one.
/// Safe to use from several threads.
/// </summary>
internal sealed class FirstFailure
{
    private ExceptionDispatchInfo? _first;

    /// <summary>The first exception; null while there is none.</summary>
    public Exception? Exception => Volatile.Read(ref _first)?.SourceException;

    /// <summary>Keeps an exception unless an earlier one is kept.</summary>
    /// <returns>Always false, so that an exception filter can keep what it does not catch.</returns>
    public bool Keep(Exception failure)
    {
        Interlocked.CompareExchange(ref _first, ExceptionDispatchInfo.Capture(failure), null);
        return false;
    }

    /// <summary>Throws the first exception with its own stack trace, if there is one.</summary>
    public void ThrowIfAny() => Volatile.Read(ref _first)?.Throw();
}
