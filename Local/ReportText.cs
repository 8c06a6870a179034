using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local;

/// <summary>The report for people: what was read, what became of each line, what was written, what to look at.</summary>
/// <param name="output">Takes the text.</param>
/// <param name="source">The month's folder, as messages name it.</param>
/// <param name="endpoint">Where S3 is, for the queries.</param>
internal sealed class ReportText(TextWriter output, string source, S3Endpoint endpoint)
{
    /// <summary>A report as a line of the summary of several.</summary>
    public static MonthOutcome Outcome(Month month, RunReport report, bool failed) => new(
        month,
        [.. ((long[])[report.SourceFiles, report.Lines, report.Events, report.Duplicates, report.Rejects]).Select(count => $"{count:N0}")],
        report.Status == RunStatus.Empty
            ? "empty, nothing was changed"
            : $"{Quantity.Of(report.Outputs.Count, "Parquet file")}, {Quantity.Bytes(report.OutputBytes)}, in {Quantity.Duration(TimeSpan.FromMilliseconds(report.DurationMilliseconds))}{Missing(report)}",
        failed);

    public void Write(RunReport report)
    {
        WriteRead(report);
        if (report.Status == RunStatus.Empty)
        {
            output.WriteLine($"{report.Month} has no events: nothing was written, nothing was changed.");
            WriteNotes(report);
            return;
        }

        WriteRecords(report);
        WriteWritten(report);
        WriteNotes(report);
        output.WriteLine("Three queries to try with DuckDB:");
        output.WriteLine();
        output.Write(SampleQueries.Of([.. report.Outputs.Select(file => file.Uri)], endpoint));
    }

    private void WriteRead(RunReport report)
    {
        double seconds = Math.Max(report.DurationMilliseconds, 1) / 1000.0;
        output.WriteLine($"Read {Quantity.Of(report.SourceFiles, "file")}, {Quantity.Bytes(report.SourceBytes)}, from {SingleLine.Escaped(source)}");
        output.WriteLine($"in {Quantity.Duration(TimeSpan.FromSeconds(seconds))}: {Quantity.Of((long)(report.Lines / seconds), "record")}/s, {Quantity.Bytes(report.SourceBytes / seconds)}/s as stored.");
        output.WriteLine();
    }

    private void WriteRecords(RunReport report)
    {
        output.WriteLine($"Records       {report.Lines,15:N0}");
        output.WriteLine($"  events      {report.Events,15:N0}   a row each");
        output.WriteLine($"  duplicates  {report.Duplicates,15:N0}   {(report.Duplicates == 0 ? "" : "exact copies of an event of that day or the day before, dropped")}".TrimEnd());
        output.WriteLine($"  rejects     {report.Rejects,15:N0}   {(report.RejectFile is { } file ? $"not events, kept in {SingleLine.Escaped(file)}" : "")}".TrimEnd());
        output.WriteLine();
    }

    private void WriteWritten(RunReport report)
    {
        output.WriteLine($"Wrote {Quantity.Of(report.Outputs.Count, "Parquet file")}, {Quantity.Bytes(report.OutputBytes)}:");
        foreach (var file in report.Outputs)
        {
            output.WriteLine($"  {SingleLine.Escaped(file.Uri)}  ({Quantity.Of(file.Rows, "row")}, {Quantity.Bytes(file.Bytes)})");
        }

        if (report.Removed.Count > 0)
        {
            output.WriteLine($"Removed {Quantity.Of(report.Removed.Count, "file")} of an earlier run: {SingleLine.Escaped(string.Join(", ", report.Removed))}");
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

    private void WriteNotes(RunReport report)
    {
        foreach (string note in Notes(report))
        {
            output.WriteLine($"Note: {SingleLine.Escaped(note)}");
            output.WriteLine();
        }
    }

    private static string Missing(RunReport report) =>
        report.MissingDays.Count == 0 ? "" : $", {Quantity.Of(report.MissingDays.Count, "day")} missing";

    private static IEnumerable<string> Notes(RunReport report)
    {
        if (report.MissingDays.Count > 0)
        {
            yield return $"{Quantity.Of(report.MissingDays.Count, "day")} after the first without a file: {MissingDays.Text(report.MissingDays)}. "
                + "If there were events, stage 1 has not left them: run it for these days, then this month again.";
        }

        if (report.ObjectsWithoutEvents is { Count: > 0 } without)
        {
            string more = without.Count > without.First.Count ? " ..." : "";
            yield return $"{Quantity.Of(without.Count, "file")} with rejects and no event: {string.Join(", ", without.First)}{more}. "
                + "If there should be events, fix the file and run the month again; otherwise move it out of the source.";
        }

        if (report.OutsideMonth is { } outside)
        {
            yield return $"{Quantity.Of(outside.Events, "event")} with an event_time in another month; the month's events run from {outside.Earliest:u} to {outside.Latest:u}. "
                + "A month holds what was delivered in it: for all events of a time, query the neighbouring months too, by event_time.";
        }

        if (report.EventsWithoutTime > 0)
        {
            yield return $"{Quantity.Of(report.EventsWithoutTime, "event")} without a readable eventTime: event_time is NULL there, and other_fields has what was found.";
        }

        if (report.IgnoredKeys.Count > 0)
        {
            string more = report.IgnoredKeys.Count > report.IgnoredKeys.First.Count ? " ..." : "";
            yield return $"{Quantity.Of(report.IgnoredKeys.Count, "other file")} left alone, not named as a source (DD/*.ndjson or *.json, also with .gz): {string.Join(", ", report.IgnoredKeys.First)}{more}";
        }
    }
}
