namespace CloudTrailAggregation.SampleData;

/// <summary>A line of a day's folder.</summary>
/// <param name="Day">The day of delivery, which names the folder.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsLate">Whether it is an event whose eventTime lies in another month.</param>
/// <param name="Bytes">The line without its line feed.</param>
public sealed record SampleLine(DateOnly Day, SampleLineKind Kind, bool IsLate, ReadOnlyMemory<byte> Bytes);

public enum SampleLineKind
{
    Event,

    /// <summary>Equal, byte for byte, to an earlier event's line of the same day's folder or of the day before.</summary>
    Duplicate,

    /// <summary>Truncated JSON, invalid UTF-8, or JSON that is no object.</summary>
    BadLine,
}
