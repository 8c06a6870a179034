using System.Diagnostics;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>A network link that all connections share, in one direction.</summary>
/// <param name="bytesPerSecond">Its bandwidth; 0 for no limit.</param>
internal sealed class Link(double bytesPerSecond)
{
    /// <summary>A timer is about this late, so that a shorter wait would cost bandwidth.</summary>
    private static readonly long ShortestWait = Stopwatch.Frequency / 500;

    private readonly Lock _lock = new();
    private long _free = Stopwatch.GetTimestamp();

    /// <summary>Waits until the link has carried this number of bytes after those of all callers before.</summary>
    public Task CarryAsync(int bytes)
    {
        if (bytesPerSecond == 0)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            long now = Stopwatch.GetTimestamp();
            _free = Math.Max(_free, now - ShortestWait) + (long)(bytes / bytesPerSecond * Stopwatch.Frequency);
            return _free - now < ShortestWait ? Task.CompletedTask : Task.Delay(Stopwatch.GetElapsedTime(now, _free));
        }
    }
}
