using System.IO.Hashing;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Knows the lines of the running day's folder and of the day before. CloudTrail delivers at least once, and two
/// trails into one bucket deliver everything twice; exact copies lie at most in neighbouring days.
/// </summary>
/// <remarks>
/// Lines are compared by length and 128-bit XxHash under a seed drawn for each run, so that nobody can craft a line
/// that passes for another. Memory: see <see cref="LineSet"/>, for the two busiest days.
/// </remarks>
internal sealed class DuplicateFilter : IDisposable
{
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private LineSet _dayBefore = new();
    private LineSet _day = new();
    private int _number;

    /// <summary>What a line is known by, together with its length; may be called from several threads.</summary>
    public UInt128 HashOf(ReadOnlySpan<byte> line) => XxHash128.HashToUInt128(line, _seed);

    /// <summary>
    /// Marks the lines that stood earlier in this day's folder or in the day before's, and remembers all.
    /// </summary>
    /// <param name="lines">The next lines of the month.</param>
    /// <param name="day">Their folder, 1 to 31; days come in ascending order.</param>
    public void Mark(Span<BatchLine> lines, int day)
    {
        if (day != _number)
        {
            StartDay(day);
        }

        foreach (ref var line in lines)
        {
            // Remembered even when the day before has it: a copy may turn up on the day after.
            bool added = _day.Add(line.Hash, line.Length);
            if (!added || _dayBefore.Contains(line.Hash, line.Length))
            {
                line.Outcome = LineOutcome.Duplicate;
            }
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
