namespace CloudTrailAggregation.SampleData;

/// <summary>The event being written: what its slots are filled from.</summary>
internal sealed class EventContext
{
    /// <summary>Of seed and event number; values that must agree within one event are derived from it.</summary>
    public ulong Hash;

    /// <summary>Of the resources it is about, which neighbours often share: pools are picked from by it.</summary>
    public ulong PoolHash;

    /// <summary>For values that differ at each use.</summary>
    public Dice Dice;

    public DateTime Time;
    public EventKind Kind = null!;
    public Actor Actor = null!;
    public byte[] Region = [];

    /// <summary>Members that CloudTrail's record contents do not name, on a few events.</summary>
    public Template? Odd;
}
