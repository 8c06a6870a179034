namespace CloudTrailAggregation.Framing;

/// <summary>What becomes of a record.</summary>
internal enum RecordOutcome
{
    /// <summary>It becomes a row.</summary>
    Event,

    /// <summary>It is an exact copy of an earlier record: dropped and counted.</summary>
    Duplicate,

    /// <summary>It is not an event: kept verbatim in the reject file.</summary>
    Reject,
}

/// <summary>
/// One event's bytes in an object, or the bytes in its place that are not an event. Valid until its chunk is filled
/// again.
/// </summary>
internal unsafe struct Record
{
    /// <summary>The address of its first byte, in the chunk.</summary>
    public byte* Start;

    /// <summary>Its length in bytes.</summary>
    public int Length;

    /// <summary>Where it is in the object.</summary>
    public RecordPosition Position;

    /// <summary>The hash by <c>DuplicateFilter.HashOf</c>; 0 where duplicates are kept.</summary>
    public UInt128 Hash;

    /// <summary>What becomes of it.</summary>
    public RecordOutcome Outcome;

    /// <summary>Its bytes.</summary>
    public readonly ReadOnlySpan<byte> Text => new(Start, Length);
}

/// <summary>A growing list of records that reuses its memory.</summary>
internal sealed class RecordTable
{
    private const int InitialRecords = 64;

    private Record[] _records = new Record[InitialRecords];

    /// <summary>The number of records.</summary>
    public int Count { get; private set; }

    /// <summary>All records in order, to be changed in place. Valid until the next <see cref="Add"/>.</summary>
    public Span<Record> All => _records.AsSpan(0, Count);

    /// <summary>Appends a record.</summary>
    public void Add(in Record record)
    {
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Count * 2);
        }

        _records[Count++] = record;
    }

    /// <summary>Removes all records and keeps the memory.</summary>
    public void Clear() => Count = 0;
}
