using System.Globalization;
using System.Text;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// The result of a soak so far: runs, retries, and the process's memory and handles after each round of months.
/// </summary>
internal sealed class SoakResult(int processId, FaultProxy proxy, RandomFaults faults)
{
    /// <summary>A shorter soak does not show growth.</summary>
    private static readonly TimeSpan ShortestForGrowth = TimeSpan.FromMinutes(5);

    private readonly List<(TimeSpan At, long MemoryMiB, int Handles)> _samples = [];
    private long _events;
    private long _retries;

    public int Done { get; private set; }

    public int Failed { get; private set; }

    public int Runs => Done + Failed;

    /// <summary>The messages of failed runs, and how often each occurred.</summary>
    public SortedDictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    public void AddDone(long events, long retries)
    {
        Done++;
        _events += events;
        _retries += retries;
    }

    public void AddFailure(string message)
    {
        Failed++;
        Failures[message] = Failures.GetValueOrDefault(message) + 1;
    }

    public void Sample(TimeSpan at)
    {
        string status = File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        long memoryMiB = long.Parse(
            status.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
        _samples.Add((at, memoryMiB, Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length));

        // The proxy counts the requests, so a long soak need not keep each one.
        while (proxy.Requests.Count > 10_000)
        {
            proxy.Requests.TryDequeue(out _);
        }
    }

    /// <summary>Compares the last quarter with the second: at most a sixth more memory and 20 more handles.</summary>
    public void AssertFlat()
    {
        if (_samples[^1].At < ShortestForGrowth)
        {
            return;
        }

        var (early, late) = (Quarter(1), Quarter(3));
        Assert.InRange(
            Median(late.Select(sample => sample.MemoryMiB)), 0,
            Median(early.Select(sample => sample.MemoryMiB)) * 7 / 6);
        Assert.InRange(
            Median(late.Select(sample => (long)sample.Handles)), 0,
            Median(early.Select(sample => (long)sample.Handles)) + 20);
    }

    public string ToMarkdown(string server, double probability)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            # Soak: the last result

            One function process (Debug build) and {server}, one node, with the fault proxy between them;
            a request meets a fault with probability {probability}.
            {_samples[^1].At.TotalMinutes:N0} minutes on {Environment.ProcessorCount} processors,
            .NET {Environment.Version}. `tests/soak.sh --help` says how to repeat it.

            | | |
            |---|---|
            | runs | {Runs:N0}: {Done:N0} done, {Failed:N0} failed, each of which left its month as it was or whole |
            | events written | {_events:N0}; lost 0, doubled 0: every file had the bytes of the run without faults |
            | requests, faults, retries in reports | {proxy.Passed:N0}, {proxy.Faults:N0}, {_retries:N0} |

            | fault | times |
            |---|---|
            """);
        foreach (var (name, count) in faults.Counts.OrderByDescending(fault => fault.Value))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {count:N0} |");
        }

        text.AppendLine().AppendLine("| quarter | memory (RSS), MiB: median, most | handles: median, most |")
            .AppendLine("|---|---|---|");
        for (int quarter = 0; quarter < 4; quarter++)
        {
            var samples = Quarter(quarter);
            if (samples.Count == 0)
            {
                continue;
            }

            long memory = Median(samples.Select(sample => sample.MemoryMiB));
            long handles = Median(samples.Select(sample => (long)sample.Handles));
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {quarter + 1} | {memory}, {samples.Max(sample => sample.MemoryMiB)} "
                + $"| {handles}, {samples.Max(sample => sample.Handles)} |");
        }

        if (Failures.Count > 0)
        {
            text.AppendLine().AppendLine("| what failed runs said | times |").AppendLine("|---|---|");
        }

        foreach (var (message, count) in Failures)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {message} | {count} |");
        }

        return text.ToString();
    }

    private List<(TimeSpan At, long MemoryMiB, int Handles)> Quarter(int number) =>
        [.. _samples.Where(sample => Math.Min(3, (int)(sample.At / _samples[^1].At * 4)) == number)];

    private static long Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
