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

    /// <summary>The days of a trail's month after the last one that a run reads.</summary>
    public static IReadOnlyList<DateOnly> After(Month month, int lastDayRead) =>
    [
        .. Enumerable.Range(lastDayRead + 1, DateTime.DaysInMonth(month.Year, month.Number) - lastDayRead)
            .Select(day => new DateOnly(month.Year, month.Number, day)),
    ];
}
