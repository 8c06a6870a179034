using System.Globalization;

namespace CloudTrailAggregation.Plan;

/// <summary>What one run reads, writes and commits by itself: a month, or a day of it.</summary>
/// <param name="Month">The month.</param>
/// <param name="Day">The day, 1 to 31; 0 for the whole month.</param>
public readonly record struct Unit(Month Month, int Day = 0)
{
    /// <summary>Whether it is a day.</summary>
    public bool IsDay => Day > 0;

    /// <summary>The folder of its sources and of its Parquet files: <c>YYYY/MM/</c> or <c>YYYY/MM/DD/</c>.</summary>
    public string Prefix =>
        IsDay ? string.Create(CultureInfo.InvariantCulture, $"{Month.Prefix}{Day:D2}/") : Month.Prefix;

    /// <summary>The instant at which it has ended (UTC).</summary>
    public DateTimeOffset End => IsDay ? Month.Start.AddDays(Day) : Month.Next.Start;

    /// <summary>The first and the last day of its own sources, 1 to 31.</summary>
    internal (int First, int Last) Days => IsDay ? (Day, Day) : (1, Month.Days);

    /// <summary>
    /// The first day that a run reads, 1 to 31: for a day the one before it, within the month, because an exact copy of
    /// its records is a duplicate.
    /// </summary>
    /// <param name="deduplicate">Whether duplicates are dropped.</param>
    internal int FirstDayRead(bool deduplicate) => IsDay && deduplicate ? Math.Max(1, Day - 1) : Days.First;

    /// <summary>The unit as reports and messages name it: <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>.</summary>
    public override string ToString() =>
        IsDay ? string.Create(CultureInfo.InvariantCulture, $"{Month}-{Day:D2}") : Month.ToString();
}
