using System.IO.Hashing;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Knows the lines of the running day's folder and of the day before. CloudTrail delivers at least once, and two
/// trails into one bucket deliver everything twice; exact copies lie at most in neighbouring days.
/// </summary>
/// <remarks>
/// Lines are compared by length and 128-bit XxHash under a seed drawn for each run, so that nobody can craft a line
/// that passes for another. Memory: see <see cref="LineSet"/>, for the two busiest neighbouring days.
/// </remarks>
internal sealed class DuplicateFilter : IDisposable
{
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private LineSet _dayBefore = new();
    private LineSet _day = new();
    private int _number;

    /// <summary>Goes on to a day's folder, 1 to 31; days come in ascending order.</summary>
    public void StartDay(int number)
    {
        if (number == _number)
        {
            return;
        }

        (_dayBefore, _day) = (_day, _dayBefore);
        _day.Clear();
        if (number != _number + 1)
        {
            _dayBefore.Clear();
        }

        _number = number;
    }

    /// <summary>Whether an equal line stood earlier in this day's folder or in the day before's; remembers it.</summary>
    public bool IsDuplicate(ReadOnlySpan<byte> line)
    {
        var hash = XxHash128.HashToUInt128(line, _seed);

        // Remembered even when the day before has it: a copy may turn up on the day after.
        bool added = _day.Add(hash, line.Length);
        return !added || _dayBefore.Contains(hash, line.Length);
    }

    public void Dispose()
    {
        _day.Dispose();
        _dayBefore.Dispose();
    }
}
