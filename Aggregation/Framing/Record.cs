namespace CloudTrailAggregation.Framing;

/// <summary>What becomes of a record.</summary>
public enum RecordOutcome
{
    /// <summary>One row.</summary>
    Event,

    /// <summary>Dropped and counted: an exact copy of an earlier record.</summary>
    Duplicate,

    /// <summary>Kept verbatim beside the month's file: not an event.</summary>
    Reject,
}

/// <summary>One event's bytes in an object, or what is there instead of an event; valid as long as its chunk.</summary>
public unsafe struct Record
{
    /// <summary>Its first byte, in the chunk.</summary>
    public byte* Start;

    /// <summary>In bytes.</summary>
    public int Length;

    /// <summary>The number of its line in the object, from 1; blank lines count.</summary>
    public long LineNumber;

    /// <summary>See <c>DuplicateFilter.HashOf</c>; zero where duplicates are kept.</summary>
    public UInt128 Hash;

    /// <summary>What becomes of it.</summary>
    public RecordOutcome Outcome;

    /// <summary>Its bytes.</summary>
    public readonly ReadOnlySpan<byte> Text => new(Start, Length);
}

/// <summary>A growing list of records whose memory is used again.</summary>
public sealed class RecordTable
{
    private const int TypicalRecords = 512;

    private Record[] _records = new Record[TypicalRecords];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, in order; to be changed in place.</summary>
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

    /// <summary>Removes all.</summary>
    public void Clear() => Count = 0;
}
