using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Write;

/// <summary>
/// What became of the records read so far. Each is an event, a duplicate or a reject; <see cref="Records"/> is counted
/// on its own, so that the sum is a check.
/// </summary>
public record struct RecordCounts
{
    /// <summary>Records of all outcomes.</summary>
    public long Records { get; set; }

    /// <summary>Rows.</summary>
    public long Events { get; set; }

    /// <summary>Exact copies of an earlier record.</summary>
    public long Duplicates { get; set; }

    /// <summary>Records that are not events.</summary>
    public long Rejects { get; set; }

    /// <summary>Bytes of all records, unpacked.</summary>
    public long Bytes { get; set; }

    /// <summary>Those of the rejects.</summary>
    public long RejectedBytes { get; set; }

    /// <summary>Events whose eventTime lies in another month than their folder.</summary>
    public long OutsideMonth { get; set; }

    /// <summary>Events without a readable eventTime.</summary>
    public long WithoutTime { get; set; }

    /// <summary>The earliest eventTime, in milliseconds since 1970 (UTC); null when no event has one.</summary>
    public long? Earliest { get; set; }

    /// <summary>The latest eventTime, likewise.</summary>
    public long? Latest { get; set; }

    /// <summary>Adds a record that is a reject.</summary>
    /// <param name="bytes">Its length.</param>
    public void AddReject(long bytes)
    {
        Rejects++;
        RejectedBytes += bytes;
    }

    /// <summary>Adds an event's time, in milliseconds since 1970.</summary>
    public void AddTime(long time, bool outsideMonth)
    {
        OutsideMonth += outsideMonth ? 1 : 0;
        Earliest = Earliest < time ? Earliest : time;
        Latest = Latest > time ? Latest : time;
    }

    /// <summary>Adds those of further records.</summary>
    public void Add(in RecordCounts further)
    {
        Records += further.Records;
        Events += further.Events;
        Duplicates += further.Duplicates;
        Rejects += further.Rejects;
        Bytes += further.Bytes;
        RejectedBytes += further.RejectedBytes;
        OutsideMonth += further.OutsideMonth;
        WithoutTime += further.WithoutTime;
        Earliest = further.Earliest < Earliest ? further.Earliest : Earliest ?? further.Earliest;
        Latest = further.Latest > Latest ? further.Latest : Latest ?? further.Latest;
    }

    /// <exception cref="AggregationException">The counts do not add up: a record was lost or counted twice.</exception>
    public readonly void Check(long rowsWritten)
    {
        if (Records != Events + Duplicates + Rejects || rowsWritten != Events)
        {
            throw ToolBug.Found(
                $"the counts do not add up: {Records} records, {Events} events, {Duplicates} duplicates, "
                + $"{Rejects} rejects, {rowsWritten} rows");
        }
    }
}
