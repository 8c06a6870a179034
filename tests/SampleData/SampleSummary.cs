namespace CloudTrailAggregation.SampleData;

/// <summary>What was written. <c>Lines = Events + Duplicates + BadLines</c>; the late ones are among the events.
/// Bytes are unpacked, PackedBytes as the files are.</summary>
public sealed record SampleSummary(
    long Events, long Duplicates, long BadLines, long Late, int Files, long Bytes, long PackedBytes)
{
    internal static readonly SampleSummary None = new(0, 0, 0, 0, 0, 0, 0);

    public long Lines => Events + Duplicates + BadLines;

    internal SampleSummary Plus(SampleSummary other) => new(
        Events + other.Events, Duplicates + other.Duplicates, BadLines + other.BadLines, Late + other.Late,
        Files + other.Files, Bytes + other.Bytes, PackedBytes + other.PackedBytes);
}
