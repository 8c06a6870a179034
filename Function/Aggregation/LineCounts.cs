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

    /// <summary>Adds an event's time, in milliseconds since 1970.</summary>
    public void AddTime(long time, bool outsideMonth)
    {
        OutsideMonth += outsideMonth ? 1 : 0;
        Earliest = Earliest < time ? Earliest : time;
        Latest = Latest > time ? Latest : time;
    }

    /// <summary>Adds those of further lines.</summary>
    public void Add(in LineCounts further)
    {
        Lines += further.Lines;
        Events += further.Events;
        Duplicates += further.Duplicates;
        Rejects += further.Rejects;
        OutsideMonth += further.OutsideMonth;
        WithoutTime += further.WithoutTime;
        Earliest = further.Earliest < Earliest ? further.Earliest : Earliest ?? further.Earliest;
        Latest = further.Latest > Latest ? further.Latest : Latest ?? further.Latest;
    }

    /// <exception cref="AggregationException">The counts do not add up: a line was lost or counted twice.</exception>
    public readonly void Check(long rowsWritten)
    {
        if (Lines != Events + Duplicates + Rejects || rowsWritten != Events)
        {
            throw new AggregationException($"the counts do not add up: {Lines} lines, {Events} events, {Duplicates} duplicates, {Rejects} rejects, {rowsWritten} rows. This is a bug in the tool; nothing was replaced. Please report it with these numbers.");
        }
    }
}
