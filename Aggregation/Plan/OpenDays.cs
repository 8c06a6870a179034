namespace CloudTrailAggregation.Plan;

/// <summary>
/// The days of a trail that a run does not read yet, because a trail's current day grows every few minutes: those that
/// had not ended (UTC) at least one hour before the run started.
/// </summary>
internal static class OpenDays
{
    private static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>The last day of the month that a run reads, 1 to 31; 0 if every day is open.</summary>
    public static int LastDayRead(Month month, DateTimeOffset started) =>
        MissingDays.LastDayDue(month, started - Settling);

    /// <summary>The days of a trail's unit after the last one that a run reads.</summary>
    public static IReadOnlyList<DateOnly> Of(Unit unit, int lastDayRead)
    {
        var (first, last) = unit.Days;
        first = Math.Max(first, lastDayRead + 1);
        return [.. Enumerable.Range(first, Math.Max(0, last + 1 - first)).Select(unit.Month.Date)];
    }
}
