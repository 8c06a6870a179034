using System.Globalization;

namespace CloudTrailAggregation.Local.Show;

/// <summary>Events per day as bars; per month or year if there are more days than fit.</summary>
internal static class DayChart
{
    private const int MaxBars = 62;
    private const int BarCharacters = 50;
    private const string Eighths = "▏▎▍▌▋▊▉█";

    private static readonly (string Name, string Label)[] Units =
        [("day", "yyyy-MM-dd"), ("month", "yyyy-MM"), ("year", "yyyy")];

    public static void Write(TextWriter output, IReadOnlyList<DayCount> days)
    {
        var (unit, bars) = Units
            .Select(unit => (unit.Name, Bars: Bars(days, unit.Label)))
            .First(chart => chart.Bars.Count <= MaxBars || chart.Name == "year");
        long max = bars.Max(bar => bar.Count);
        output.WriteLine($"Events per {unit} (UTC)");
        DateOnly? before = null;
        foreach (var (label, first, count) in bars)
        {
            // Days without events are shown, because they are what a reader looks for.
            int gap = unit == "day" && before is { } last ? first.DayNumber - last.DayNumber - 1 : 0;
            for (int day = 1; day <= gap && gap <= MaxBars; day++)
            {
                output.WriteLine($"  {before!.Value.AddDays(day):yyyy-MM-dd}  {0,11}");
            }

            if (gap > MaxBars)
            {
                output.WriteLine($"  ({gap:N0} days without any)");
            }

            output.WriteLine($"  {label}  {count,11:N0}  {Bar(count, max)}");
            before = first;
        }
    }

    private static List<(string Label, DateOnly First, long Count)> Bars(IReadOnlyList<DayCount> days, string label) =>
        [.. days.GroupBy(day => day.Day.ToString(label, CultureInfo.InvariantCulture))
            .Select(bar => (bar.Key, bar.First().Day, bar.Sum(day => day.Count)))];

    /// <summary>A bar of at least an eighth of a character, so that a small count is visible.</summary>
    private static string Bar(long count, long max)
    {
        int eighths = Math.Max(1, (int)Math.Round((double)count / max * BarCharacters * 8));
        return new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[(eighths % 8) - 1]);
    }
}
