using CloudTrailAggregation.SampleData.Trail;

namespace CloudTrailAggregation.SampleData;

/// <summary>The event being written, from which its slots are filled.</summary>
internal sealed class EventContext
{
    /// <summary>
    /// The hash of seed and event number. Values that must agree within one event are derived from it.
    /// </summary>
    public ulong Hash;

    /// <summary>The hash that picks the event's resources from pools; neighboring events often share it.</summary>
    public ulong PoolHash;

    /// <summary>The source of values that differ at each use.</summary>
    public Dice Dice;

    public DateTime Time;

    /// <summary>The first moment of the five minutes that an aggregated event at this time sums up.</summary>
    public DateTime WindowStart => Delivery.Floor(Time);

    public EventKind Kind = null!;
    public Actor Actor = null!;
    public byte[] Region = [];

    /// <summary>Members that CloudTrail's documentation does not name; a few events have them.</summary>
    public Template? Odd;
}
