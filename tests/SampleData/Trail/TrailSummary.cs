namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>
/// The counts of a generated trail. <c>Records = Events + Duplicates + NotEvents</c>; late events are events. Bytes are
/// unpacked; bytes and packed bytes are those of the objects with records. Objects beside them are digests and logs of
/// other services.
/// </summary>
public sealed record TrailSummary(
    long Events, long Duplicates, long NotEvents, long Late, int Objects, long Bytes, long PackedBytes,
    int ObjectsBeside)
{
    internal static readonly TrailSummary None = new(0, 0, 0, 0, 0, 0, 0, 0);

    public long Records => Events + Duplicates + NotEvents;

    internal TrailSummary Plus(TrailSummary other) => new(
        Events + other.Events, Duplicates + other.Duplicates, NotEvents + other.NotEvents, Late + other.Late,
        Objects + other.Objects, Bytes + other.Bytes, PackedBytes + other.PackedBytes,
        ObjectsBeside + other.ObjectsBeside);
}
