using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local;

/// <summary>
/// The report for people: what was read, what became of each record, what was written, and what to look at.
/// </summary>
/// <param name="output">Takes the text.</param>
/// <param name="source">The month's folder, as messages name it.</param>
/// <param name="daysFiles">The files of a month in days, as a pattern.</param>
/// <param name="endpoint">The S3 of the files, for the queries.</param>
internal sealed class ReportText(TextWriter output, string source, string daysFiles, S3Endpoint endpoint)
{
    private const int MaxNamed = 5;

    /// <summary>A report as one line of a summary.</summary>
    public static MonthOutcome Outcome(Month month, RunReport report, bool failed) => report.Planned is { } planned
        ? new MonthOutcome(
            month,
            new MonthCounts(report.SourceFiles, null, null, null, null),
            planned.Replaces ? $"would replace {planned.FirstFile}" : $"would write {planned.FirstFile}")
        : new MonthOutcome(
            month,
            new MonthCounts(report.SourceFiles, report.Lines, report.Events, report.Duplicates, report.Rejects),
            report.Status == RunStatus.Empty
                ? "empty, nothing was changed"
                : report.Days is { } days
                ? $"{DaysText.Summary(days)}{Missing(report)}{Damaged(report)}"
                : report.Status == RunStatus.Unchanged
                ? $"unchanged{Missing(report)}{Damaged(report)}"
                : $"{Files(report)}, in {Duration(report)}{Missing(report)}{Damaged(report)}",
            failed);

    /// <summary>The accounts and regions of a trail as a line of text; null in the daily layout.</summary>
    public static string? OfTrail(RunReport report) =>
        report is { Accounts: { Count: > 0 } accounts, Regions: { } regions }
            ? $"of {Named(accounts, "account")} and {Named(regions, "region")}"
            : null;

    public void Write(RunReport report)
    {
        if (report.Days is { } days)
        {
            new DaysText(output, source).Write(report, days);
            WriteNotes(report);
            WriteQueries([daysFiles]);
            return;
        }

        if (report.Planned is { } planned)
        {
            new PlanText(output, source).Write(report, planned);
            WriteNotes(report);
            return;
        }

        if (report.Status == RunStatus.Unchanged)
        {
            output.WriteLine(
                $"{report.Month} is unchanged: its files were written from the same source with the same settings. "
                + "No event was read; --replace writes it again.");
            output.WriteLine();
        }
        else
        {
            WriteRead(report);
        }

        if (report.Status == RunStatus.Empty)
        {
            output.WriteLine($"{report.Month} has no events: nothing was written, nothing was changed.");
            WriteNotes(report);
            return;
        }

        WriteRecords(report);
        WriteWritten(report);
        WriteNotes(report);
        WriteQueries([.. report.Outputs.Select(file => file.Uri)]);
    }

    private void WriteQueries(IReadOnlyList<string> files)
    {
        output.WriteLine(
            "Next: check, with the same options, proves that no event is missing; show --top counts what happened.");
        output.WriteLine();
        output.WriteLine("Three queries to try with DuckDB:");
        output.WriteLine();
        output.Write(SampleQueries.Of(files, endpoint));
    }

    private void WriteRead(RunReport report)
    {
        double seconds = Math.Max(report.DurationMilliseconds, 1) / 1000.0;
        string files = $"{Quantity.Of(report.SourceFiles, "file")}, {Quantity.Bytes(report.SourceBytes)}";
        string records = Quantity.Of((long)(report.Lines / seconds), "record");
        output.WriteLine($"Read {files}, from {SingleLine.Escaped(source)}");
        if (OfTrail(report) is { } trail)
        {
            output.WriteLine(trail);
        }

        output.WriteLine(
            $"in {Quantity.Duration(TimeSpan.FromSeconds(seconds))}: {records}/s, "
            + $"{Quantity.Bytes(report.SourceBytes / seconds)}/s as stored.");
        output.WriteLine();
    }

    private void WriteRecords(RunReport report)
    {
        string duplicates = report.Duplicates == 0
            ? ""
            : "exact copies of an event of that day or the day before, dropped";
        string rejects = report.RejectFile is { } file ? $"not events, kept in {SingleLine.Escaped(file)}" : "";
        output.WriteLine($"Records       {report.Lines,15:N0}");
        output.WriteLine($"  events      {report.Events,15:N0}   a row each");
        output.WriteLine($"  duplicates  {report.Duplicates,15:N0}   {duplicates}".TrimEnd());
        output.WriteLine($"  rejects     {report.Rejects,15:N0}   {rejects}".TrimEnd());
        output.WriteLine();
    }

    private void WriteWritten(RunReport report)
    {
        output.WriteLine(report.Status switch
        {
            RunStatus.Unchanged => $"As before, {Files(report)}:",
            RunStatus.WrittenByAnotherRun => $"Another run wrote the same, {Files(report)}:",
            _ => $"Wrote {Files(report)}:",
        });
        foreach (var file in report.Outputs)
        {
            string size = $"{Quantity.Of(file.Rows, "row")}, {Quantity.Bytes(file.Bytes)}";
            output.WriteLine($"  {SingleLine.Escaped(file.Uri)}  ({size})");
        }

        if (report.Removed.Count > 0)
        {
            output.WriteLine(RemovedText(report));
        }

        if (report.Retries > 0)
        {
            output.WriteLine($"{Quantity.Of(report.Retries, "request")} to S3 had to be sent again.");
        }

        if (report.MixedMilliseconds is { } mixed)
        {
            output.WriteLine($"For {mixed:N0} ms a reader could see files of two runs.");
        }

        output.WriteLine();
    }

    /// <summary>The removed files in one line.</summary>
    public static string RemovedText(RunReport report)
    {
        string first = FirstFew([.. report.Removed.Take(MaxNamed)], report.Removed.Count);
        return $"Removed {Quantity.Of(report.Removed.Count, "file")} of an earlier run: {SingleLine.Escaped(first)}";
    }

    private void WriteNotes(RunReport report)
    {
        foreach (string note in Notes(report))
        {
            output.WriteLine($"Note: {SingleLine.Escaped(note)}");
            output.WriteLine();
        }
    }

    private static string Files(RunReport report) =>
        $"{Quantity.Of(report.Outputs.Count, "Parquet file")}, {Quantity.Bytes(report.OutputBytes)}";

    private static string Duration(RunReport report) =>
        Quantity.Duration(TimeSpan.FromMilliseconds(report.DurationMilliseconds));

    private static string Missing(RunReport report) =>
        report.MissingDays.Count == 0 ? "" : $", {Quantity.Of(report.MissingDays.Count, "day")} missing";

    private static string Damaged(RunReport report) => report.DamagedObjects.Count == 0
        ? ""
        : $", {Quantity.Of(report.DamagedObjects.Count, "damaged file")} skipped";

    private static IEnumerable<string> Notes(RunReport report)
    {
        if (report.DamagedObjects is { Count: > 0 } damaged)
        {
            yield return $"{Quantity.Of(damaged.Count, "damaged file")} skipped, nothing of which is in the month: "
                + $"{FirstFew(damaged.First, damaged.Count)}. "
                + "If you can copy or gather it again, run the month again.";
        }

        if (report.OpenDays.Count > 0)
        {
            yield return $"{Quantity.Of(report.OpenDays.Count, "day")} not read: {MissingDays.Text(report.OpenDays)}. "
                + "A trail's day is read when it has ended (UTC) at least one hour before.";
        }

        if (report.QuietRegions is { Count: > 0 } quiet)
        {
            string silent = quiet.Count == 1 ? "1 account or region" : $"{quiet.Count:N0} accounts or regions";
            yield return $"{silent} without a file of the last day read: "
                + $"{FirstFew(quiet.First, quiet.Count)}. "
                + "If there were events, see whether the trail is still on.";
        }

        if (report.EmptyObjects > 0)
        {
            yield return $"{Quantity.Of(report.EmptyObjects, "file")} of 0 bytes, skipped.";
        }

        if (report.PlannedAgain > 0)
        {
            yield return $"The source changed while it was read: the run started again {Times(report.PlannedAgain)}.";
        }

        if (report.MissingDays.Count > 0)
        {
            yield return $"{Quantity.Of(report.MissingDays.Count, "day")} after the first without a file: "
                + $"{MissingDays.Text(report.MissingDays)}. "
                + (report.Layout == SourceLayout.Trail
                    ? "If there were events, see whether the trail was on."
                    : "If there were events, stage 1 has not written them: run it for these days, then this month "
                        + "again.");
        }

        if (report.ObjectsWithoutEvents is { Count: > 0 } without)
        {
            yield return $"{Quantity.Of(without.Count, "file")} with rejects and no event: "
                + $"{FirstFew(without.First, without.Count)}. "
                + "If there should be events, fix the file and run the month again; "
                + "otherwise move it out of the source.";
        }

        if (report.OutsideMonth is { } outside)
        {
            yield return $"{Quantity.Of(outside.Events, "event")} with an event_time in another month; "
                + $"the month's events run from {outside.Earliest:u} to {outside.Latest:u}. "
                + "A month holds what was delivered in it: for all events of a time, query the neighboring months too, "
                + "by event_time.";
        }

        if (report.EventsWithoutTime > 0)
        {
            yield return $"{Quantity.Of(report.EventsWithoutTime, "event")} without a readable eventTime: "
                + "event_time is NULL, and other_fields has the value of the source.";
        }

        if (report.IgnoredKeys.Count > 0)
        {
            string names = report.Layout == SourceLayout.Trail
                ? "DD/*.json.gz or *.json"
                : "DD/*.ndjson or *.json, also with .gz";
            yield return $"{Quantity.Of(report.IgnoredKeys.Count, "other file")} ignored, not named as a source "
                + $"({names}): "
                + FirstFew(report.IgnoredKeys.First, report.IgnoredKeys.Count);
        }
    }

    private static string Named(NamedItems items, string noun) =>
        $"{Quantity.Of(items.Count, noun)} ({FirstFew(items.First, items.Count)})";

    private static string Times(int count) => count == 1 ? "once" : "twice";

    private static string FirstFew(IReadOnlyList<string> names, long count) =>
        string.Join(", ", names) + (count > names.Count ? " ..." : "");
}
