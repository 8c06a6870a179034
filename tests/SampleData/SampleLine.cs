namespace CloudTrailAggregation.SampleData;

/// <summary>A line of a day's folder.</summary>
/// <param name="Day">The day of delivery, which names the folder.</param>
/// <param name="Kind">The kind of the line.</param>
/// <param name="IsLate">Whether the line is an event whose eventTime is in another month.</param>
/// <param name="Bytes">The line without its line feed.</param>
public sealed record SampleLine(DateOnly Day, SampleLineKind Kind, bool IsLate, ReadOnlyMemory<byte> Bytes);

public enum SampleLineKind
{
    Event,

    /// <summary>
    /// Equal, byte for byte, to an earlier event's line of the same day's folder or of the day before.
    /// </summary>
    Duplicate,

    /// <summary>Truncated JSON, invalid UTF-8, or JSON that is not an object.</summary>
    BadLine,
}
