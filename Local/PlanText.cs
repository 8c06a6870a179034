using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The plan of a dry run for people: what a run would read, write, remove and keep.</summary>
/// <param name="output">Takes the text.</param>
/// <param name="source">The month's folder, as messages name it.</param>
internal sealed class PlanText(TextWriter output, string source)
{
    public void Write(RunReport report, PlannedRun planned)
    {
        WriteSource(report, planned);
        WriteFiles(planned);
        output.WriteLine("A dry run: nothing was read, written or removed.");
        output.WriteLine();
    }

    private void WriteSource(RunReport report, PlannedRun planned)
    {
        string files = $"{Quantity.Of(report.SourceFiles, "file")}, {Quantity.Bytes(report.SourceBytes)}";
        output.WriteLine($"Would read {files}, from {SingleLine.Escaped(source)}");
        if (ReportText.OfTrail(report) is { } trail)
        {
            output.WriteLine(trail);
        }

        output.WriteLine($"of {Quantity.Of(planned.Days.Count, "day")}: {MissingDays.Text(planned.Days)}");
        if (report.Requests is { } requests)
        {
            output.WriteLine(
                $"with about {Quantity.Of(requests.List, "LIST request")}, {requests.Read:N0} GET and "
                + $"{requests.Write:N0} for uploads.");
        }

        output.WriteLine();
    }

    private void WriteFiles(PlannedRun planned)
    {
        string exists = planned.Replaces ? ", in place of the file that exists" : "";
        output.WriteLine($"Would write   {SingleLine.Escaped(planned.FirstFile)}{exists}");
        if (planned.MinEvents > 0)
        {
            output.WriteLine($"              or fail, if it has fewer than {Quantity.Of(planned.MinEvents, "event")}");
        }

        if (planned.Removes.Count > 0)
        {
            string removes = SingleLine.Escaped(string.Join(", ", planned.Removes));
            output.WriteLine(
                $"Would remove  {Quantity.Of(planned.Removes.Count, "file")} of an earlier run, "
                + $"if it does not write {(planned.Removes.Count == 1 ? "it" : "them")} again: {removes}");
        }

        if (planned.Keeps is { Count: > 0 } kept)
        {
            string more = kept.Count > kept.First.Count ? " ..." : "";
            output.WriteLine(
                $"Would keep    {Quantity.Of(kept.Count, "other file")} in the month's folder: "
                + SingleLine.Escaped(string.Join(", ", kept.First)) + more);
        }

        output.WriteLine();
    }
}
