using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The records of the current day's folder and of the day before, to find duplicates. Records are compared by half of
/// their SHA-256, which takes about 60 bytes of memory for each record of the two days.
/// </summary>
internal sealed class RecordHistory
{
    private HashSet<UInt128> _dayBefore = [];
    private HashSet<UInt128> _day = [];
    private int _number;

    /// <summary>Moves to a day's folder, 1 to 31.</summary>
    public void StartDay(int number)
    {
        if (number != _number)
        {
            _dayBefore = number == _number + 1 ? _day : [];
            _day = [];
            _number = number;
        }
    }

    /// <summary>
    /// Whether an equal record was in this day's folder or in the day before's; remembers the record.
    /// </summary>
    public bool IsDuplicate(ReadOnlySpan<byte> record)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(record, hash);
        var half = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        return !_day.Add(half) || _dayBefore.Contains(half);
    }
}
