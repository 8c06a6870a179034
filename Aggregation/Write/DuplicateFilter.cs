using System.IO.Hashing;
using System.Security.Cryptography;
using CloudTrailAggregation.Framing;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Finds exact copies of earlier events: it remembers the events of the current day and of the day before. CloudTrail
/// delivers at least once, and two trails into one bucket deliver everything twice; exact copies are at most one day
/// apart.
/// </summary>
/// <remarks>
/// Compares events by length and 128-bit XxHash under a random seed for each run, so that nobody can craft two events
/// that compare equal. Memory: two <see cref="RecordSet"/>s, one for each of the two days.
/// </remarks>
internal sealed class DuplicateFilter : IDisposable
{
    /// <summary>
    /// How many records ahead their places are loaded into the cache, which the sets of a busy day do not fit into.
    /// </summary>
    private const int Ahead = 8;

    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private RecordSet _dayBefore = new();
    private RecordSet _day = new();
    private int _dayNumber;

    /// <summary>Hashes an event's bytes. Several threads may call it at the same time.</summary>
    public UInt128 HashOf(ReadOnlySpan<byte> text) => XxHash128.HashToUInt128(text, _seed);

    /// <summary>
    /// Marks the events that equal an earlier one of the same day or the day before, and remembers all of them.
    /// </summary>
    /// <param name="records">The next records of the month.</param>
    /// <param name="day">Their day, 1 to 31. Calls come in ascending order of days.</param>
    /// <param name="duplicateRows">Receives the place of each duplicate among the events, from 0.</param>
    public void Mark(Span<Record> records, int day, List<int> duplicateRows)
    {
        if (day != _dayNumber)
        {
            StartDay(day);
        }

        int row = 0;
        for (int place = 0; place < records.Length; place++)
        {
            if (place + Ahead < records.Length)
            {
                _day.Prefetch(records[place + Ahead].Hash);
                _dayBefore.Prefetch(records[place + Ahead].Hash);
            }

            ref var record = ref records[place];
            if (record.Outcome == RecordOutcome.Reject)
            {
                continue;
            }

            // Add the event even when the day before has it, because the day after may have another copy.
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

    private void StartDay(int day)
    {
        (_dayBefore, _day) = (_day, _dayBefore);
        _day.Clear();
        if (day != _dayNumber + 1)
        {
            _dayBefore.Clear();
        }

        _dayNumber = day;
    }
}
