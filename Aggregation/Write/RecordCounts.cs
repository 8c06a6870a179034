using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Write;

/// <summary>
/// What became of the records read so far. Each is an event, a duplicate or a reject. <see cref="Records"/> is counted
/// separately, so that comparing it with the sum finds a lost record.
/// </summary>
public record struct RecordCounts
{
    /// <summary>Records of all outcomes.</summary>
    public long Records { get; set; }

    /// <summary>Records that became a row.</summary>
    public long Events { get; set; }

    /// <summary>Exact copies of an earlier record.</summary>
    public long Duplicates { get; set; }

    /// <summary>Records that are not events.</summary>
    public long Rejects { get; set; }

    /// <summary>The bytes of all records, unpacked.</summary>
    public long Bytes { get; set; }

    /// <summary>The bytes of the rejects, unpacked.</summary>
    public long RejectedBytes { get; set; }

    /// <summary>Events whose eventTime is in another month than their folder's.</summary>
    public long OutsideMonth { get; set; }

    /// <summary>Events without a readable eventTime.</summary>
    public long WithoutTime { get; set; }

    /// <summary>The earliest eventTime, in milliseconds since 1970 (UTC); null when no event has one.</summary>
    public long? Earliest { get; set; }

    /// <summary>The latest eventTime, in milliseconds since 1970 (UTC); null when no event has one.</summary>
    public long? Latest { get; set; }

    /// <summary>Adds a reject. The caller adds to <see cref="Records"/> and <see cref="Bytes"/>.</summary>
    /// <param name="bytes">Its length in bytes.</param>
    public void AddReject(long bytes)
    {
        Rejects++;
        RejectedBytes += bytes;
    }

    /// <summary>Adds the eventTime of an event. The caller adds to <see cref="Events"/>.</summary>
    /// <param name="time">Milliseconds since 1970 (UTC).</param>
    /// <param name="outsideMonth">Whether the time is in another month than the event's folder.</param>
    public void AddTime(long time, bool outsideMonth)
    {
        OutsideMonth += outsideMonth ? 1 : 0;
        Earliest = Earliest < time ? Earliest : time;
        Latest = Latest > time ? Latest : time;
    }

    /// <summary>Adds the counts of further records.</summary>
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

    /// <summary>Checks that no record was lost or counted twice.</summary>
    /// <param name="rowsWritten">The rows of all files.</param>
    /// <exception cref="AggregationException">The counts do not add up: a bug in the tool.</exception>
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
