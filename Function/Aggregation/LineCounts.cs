namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// What became of the lines read so far. Each is an event, a duplicate or a reject; <see cref="Lines"/> is counted
/// on its own, so that the sum is a check.
/// </summary>
public record struct LineCounts
{
    public long Lines { get; set; }

    public long Events { get; set; }

    public long Duplicates { get; set; }

    public long Rejects { get; set; }

    /// <summary>Events whose eventTime lies in another month than their folder.</summary>
    public long OutsideMonth { get; set; }

    /// <summary>Events without a readable eventTime.</summary>
    public long WithoutTime { get; set; }

    /// <summary>The earliest eventTime, in milliseconds since 1970 (UTC); null when no event has one.</summary>
    public long? Earliest { get; set; }

    /// <summary>The latest eventTime, likewise.</summary>
    public long? Latest { get; set; }

    /// <exception cref="AggregationException">The counts do not add up: a line was lost or counted twice.</exception>
    public readonly void Check(long rowsWritten)
    {
        if (Lines != Events + Duplicates + Rejects || rowsWritten != Events)
        {
            throw new AggregationException($"the counts do not add up: {Lines} lines, {Events} events, {Duplicates} duplicates, {Rejects} rejects, {rowsWritten} rows. This is a bug in the tool; nothing was replaced. Please report it with these numbers.");
        }
    }
}
