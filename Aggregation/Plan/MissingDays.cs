using System.Globalization;

namespace CloudTrailAggregation.Plan;

/// <summary>The days of a month that are due and have no source object.</summary>
public static class MissingDays
{
    /// <summary>
    /// Finds the days without an object between the first day that has one and the last day due. A day is due once it
    /// has ended (UTC): every day of a month in the past, and the days up to yesterday of the running month. Days
    /// before the first object are not missing, because a trail may have started in the middle of a month.
    /// </summary>
    /// <param name="month">The month.</param>
    /// <param name="days">The days with an object, 1 to 31, in any order.</param>
    /// <param name="now">When the run started.</param>
    internal static IReadOnlyList<DateOnly> Of(Month month, IEnumerable<int> days, DateTimeOffset now) =>
        Of(month, days, LastDayDue(month, now));

    /// <inheritdoc cref="Of(Month, IEnumerable{int}, DateTimeOffset)"/>
    /// <param name="month">The month.</param>
    /// <param name="days">The days with an object, 1 to 31, in any order.</param>
    /// <param name="lastDayDue">The last day that is due, 1 to 31; 0 for none.</param>
    internal static IReadOnlyList<DateOnly> Of(Month month, IEnumerable<int> days, int lastDayDue)
    {
        var present = days.ToHashSet();
        int first = present.Count == 0 ? int.MaxValue : present.Min();
        return
        [
            .. Enumerable.Range(1, lastDayDue)
                .Where(day => day > first && !present.Contains(day))
                .Select(month.Date),
        ];
    }

    /// <summary>
    /// The last day of the month that has ended; 0 on the first day of the running month and before it.
    /// </summary>
    internal static int LastDayDue(Month month, DateTimeOffset now) =>
        month < Month.Of(now) ? DateTime.DaysInMonth(month.Year, month.Number)
        : month == Month.Of(now) ? now.UtcDateTime.Day - 1
        : 0;

    /// <summary>Lists days with ranges: <c>2024-02-03, 2024-02-05 to 2024-02-09</c>.</summary>
    /// <param name="days">Days in ascending order, each once.</param>
    public static string Text(IReadOnlyList<DateOnly> days) => Spans.Text(
        days.Select(day => day.DayNumber),
        number => DateOnly.FromDayNumber(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
