namespace CloudTrailAggregation.SampleData;

/// <summary>
/// The counts of a generated month. <c>Lines = Events + Duplicates + BadLines</c>; late events are events. Bytes are
/// unpacked, PackedBytes are the sizes of the files.
/// </summary>
public sealed record SampleSummary(
    long Events, long Duplicates, long BadLines, long Late, int Files, long Bytes, long PackedBytes)
{
    internal static readonly SampleSummary None = new(0, 0, 0, 0, 0, 0, 0);

    public long Lines => Events + Duplicates + BadLines;

    internal SampleSummary Plus(SampleSummary other) => new(
        Events + other.Events, Duplicates + other.Duplicates, BadLines + other.BadLines, Late + other.Late,
        Files + other.Files, Bytes + other.Bytes, PackedBytes + other.PackedBytes);
}
