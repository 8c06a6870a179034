using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>What becomes of a line.</summary>
internal enum LineOutcome : byte
{
    /// <summary>One row; so is <see cref="RecordsObject"/>.</summary>
    Event,

    /// <summary>An event whose only content is <c>"Records":[…]</c>.</summary>
    RecordsObject,

    /// <summary>Dropped: an exact copy of an earlier line.</summary>
    Duplicate,

    /// <summary>Kept as it is: no event.</summary>
    Reject,
}

/// <summary>A line of a batch; valid as long as its chunk.</summary>
internal unsafe struct BatchLine
{
    public byte* Start;

    /// <summary>In bytes, without newline, CR and byte-order mark.</summary>
    public int Length;

    /// <summary>Its number in the source, from 1; blank lines count.</summary>
    public long Number;

    /// <summary>See <see cref="DuplicateFilter.HashOf"/>.</summary>
    public UInt128 Hash;

    public LineOutcome Outcome;

    public readonly Line Line => new(Start, Length, Number);
}
