using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The report of a month in days for people: a line for each day, and the sums.</summary>
/// <param name="output">Takes the text.</param>
/// <param name="source">The month's folder, as messages name it.</param>
internal sealed class DaysText(TextWriter output, string source)
{
    /// <summary>The days of a month by what became of them, in one line.</summary>
    public static string Summary(IReadOnlyList<DayReport> days) => string.Join(", ", days
        .GroupBy(day => day.Status)
        .OrderBy(group => group.Key)
        .Select(group => $"{Quantity.Of(group.Count(), "day")} {Text(group.Key)}"));

    public void Write(RunReport report, IReadOnlyList<DayReport> days)
    {
        output.WriteLine($"{report.Month} in days, from {SingleLine.Escaped(source)}");
        if (ReportText.OfTrail(report) is { } trail)
        {
            output.WriteLine(trail);
        }

        var took = TimeSpan.FromMilliseconds(report.DurationMilliseconds);
        output.WriteLine($"in {Quantity.Duration(took)}: {Summary(days)}.");
        output.WriteLine();
        WriteTable(report, days);
        if (report.RemainingDays is { Count: > 0 } remaining)
        {
            output.WriteLine($"Not run, because the time was short: {MissingDays.Text(remaining)}.");
        }

        if (report.Removed.Count > 0)
        {
            output.WriteLine(ReportText.RemovedText(report));
        }

        output.WriteLine();
    }

    private void WriteTable(RunReport report, IReadOnlyList<DayReport> days)
    {
        var table = new TextTable("day", "result", ">events", ">duplicates", ">rejects", ">time");
        foreach (var day in days)
        {
            bool isKnown = day.Status != RunStatus.Planned;
            table.Add(
                $"{day.Day:yyyy-MM-dd}", Text(day.Status), Number(day.Events, isKnown),
                Number(day.Duplicates, isKnown), Number(day.Rejects, isKnown),
                Quantity.Duration(TimeSpan.FromMilliseconds(day.DurationMilliseconds)));
        }

        bool areKnown = report.Status != RunStatus.Planned;
        table.Add(
            "all", "", Number(report.Events, areKnown), Number(report.Duplicates, areKnown),
            Number(report.Rejects, areKnown), "");
        table.Write(output);
    }

    private static string Number(long count, bool isKnown) => isKnown ? $"{count:N0}" : "-";

    private static string Text(RunStatus status) => status switch
    {
        RunStatus.Written => "written",
        RunStatus.WrittenByAnotherRun => "written by another run",
        RunStatus.Unchanged => "unchanged",
        RunStatus.Planned => "to write",
        _ => "empty",
    };
}
