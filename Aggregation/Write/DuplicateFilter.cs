using System.IO.Hashing;
using System.Security.Cryptography;
using CloudTrailAggregation.Framing;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Knows the events of the current day and of the day before. CloudTrail delivers at least once, and two trails into one
/// bucket deliver everything twice; exact copies are at most one day apart.
/// </summary>
/// <remarks>
/// Events are compared by length and 128-bit XxHash under a seed drawn for each run, so that nobody can craft an event
/// that passes for another. Memory: see <see cref="RecordSet"/>, for the two busiest days.
/// </remarks>
internal sealed class DuplicateFilter : IDisposable
{
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private RecordSet _dayBefore = new();
    private RecordSet _day = new();
    private int _number;

    /// <summary>What an event is known by, together with its length; may be called from several threads.</summary>
    public UInt128 HashOf(ReadOnlySpan<byte> text) => XxHash128.HashToUInt128(text, _seed);

    /// <summary>Marks the events that equal an earlier one of this day or of the day before, and remembers all.</summary>
    /// <param name="records">The next records of the month.</param>
    /// <param name="day">Their day, 1 to 31; days come in ascending order.</param>
    /// <param name="duplicateRows">Takes the places of the duplicates among the events.</param>
    public void Mark(Span<Record> records, int day, List<int> duplicateRows)
    {
        if (day != _number)
        {
            StartDay(day);
        }

        int row = 0;
        foreach (ref var record in records)
        {
            if (record.Outcome == RecordOutcome.Reject)
            {
                continue;
            }

            // Remembered even when the day before has it: a copy may turn up on the day after.
            bool added = _day.Add(record.Hash, record.Length);
            if (!added || _dayBefore.Contains(record.Hash, record.Length))
            {
                record.Outcome = RecordOutcome.Duplicate;
                duplicateRows.Add(row);
            }

            row++;
        }
    }

    public void Dispose()
    {
        _day.Dispose();
        _dayBefore.Dispose();
    }

    private void StartDay(int number)
    {
        (_dayBefore, _day) = (_day, _dayBefore);
        _day.Clear();
        if (number != _number + 1)
        {
            _dayBefore.Clear();
        }

        _number = number;
    }
}
