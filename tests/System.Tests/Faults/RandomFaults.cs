using System.Collections.Concurrent;
using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>Random faults of all kinds.</summary>
/// <param name="probability">The probability that a request gets a fault, 0 to 1.</param>
/// <param name="seed">The seed; the order of concurrent requests still varies.</param>
internal sealed class RandomFaults(double probability, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>How often each kind was chosen.</summary>
    public ConcurrentDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    public Fault? Choose(FakeRequest request)
    {
        lock (_lock)
        {
            if (_random.NextDouble() >= probability)
            {
                return null;
            }

            var (name, fault) = Any(request);
            Counts.AddOrUpdate(name, 1, (_, count) => count + 1);
            return fault;
        }
    }

    /// <summary>
    /// A lost answer to the start of an upload leaves an upload that only a lifecycle rule aborts, and test servers
    /// have no such rule.
    /// </summary>
    private (string Name, Fault Fault) Any(FakeRequest request) => _random.Next(100) switch
    {
        < 20 => ("reset before the server sees it", Fault.Reset),
        < 40 when request.Operation != "Initiate" => ("answer lost", Fault.AnswerLost),
        < 55 => ("500", Fault.InternalError),
        < 70 => ("503 SlowDown", Fault.Busy),
        < 85 when request.Operation == "Get" => ("body cut", Fault.Cut(_random.Next(100_000))),
        < 88 when request.Operation != "Initiate" => ("delivered twice", Fault.Twice),
        < 90 when request.Operation == "Complete" => ("200 with an error", Fault.ErrorWithStatus200),
        < 91 => ("credentials expired", Fault.ExpiredCredentials),
        < 92 when request.Operation == "Get" => ("body stalls", Fault.StallAt(_random.Next(10_000))),
        _ => ("slow drip", Fault.SlowDrip),
    };
}
