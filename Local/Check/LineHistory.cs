using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The lines of the running day's folder and of the day before: an equal one is a duplicate. Compared by half of their
/// SHA-256, some 60 bytes of memory for each line of the two busiest neighbouring days.
/// </summary>
internal sealed class LineHistory
{
    private HashSet<UInt128> _dayBefore = [];
    private HashSet<UInt128> _day = [];
    private int _number;

    /// <summary>Goes on to a day's folder, 1 to 31.</summary>
    public void StartDay(int number)
    {
        if (number != _number)
        {
            _dayBefore = number == _number + 1 ? _day : [];
            _day = [];
            _number = number;
        }
    }

    /// <summary>Whether it stood in this day's folder or the day before's; remembers it.</summary>
    public bool IsDuplicate(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        var half = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        return !_day.Add(half) || _dayBefore.Contains(half);
    }
}
