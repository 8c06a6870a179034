using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Checks one month and prints what was proven.</summary>
internal sealed class CheckWork(
    IObjectStore source, IObjectStore destination, SourceSelection selection, TimeProvider time) : IMonthWork
{
    private const int MaxNamedFiles = 5;

    /// <summary>Whether exact copies were dropped when the month was written.</summary>
    public required bool Deduplicates { get; init; }

    /// <summary>Whether a month without records is done.</summary>
    public required bool AllowsEmpty { get; init; }

    /// <summary>Whether a failure shows where in the code it comes from.</summary>
    public required bool IsVerbose { get; init; }

    public async Task<MonthOutcome> RunAsync(Month month, ProgressDisplay progress, CancellationToken cancellation)
    {
        var check = new MonthCheck(source, destination, selection, Deduplicates, time, progress);
        var found = await progress.ShowWhileAsync(() => check.RunAsync(month, cancellation));
        if (found.Files.Count == 0 && !AllowsEmpty)
        {
            string reason = await new EmptyMonth(source, time).ReasonAsync(new Unit(month), selection, cancellation);
            throw new AggregationException($"{reason} {MonthOptions.AllowEmptyHint}");
        }

        await Console.Out.WriteLineAsync(Proof(month, found));
        var counts = found.Counts;
        return new MonthOutcome(
            month,
            new MonthCounts(found.SourceFiles, counts.Records, counts.Events, counts.Duplicates, counts.Rejects),
            found.Files.Count == 0 ? "no records, no file" : "every event is in the file");
    }

    public void ReportFailure(Month month, Exception failure) => Failure.Failed(failure, IsVerbose, $"{month}: ");

    public string WhenCancelled(Month month) => $"before the end of {month}, which is not proven; nothing was changed";

    public void WriteSummary(MonthSequence sequence)
    {
        Console.Out.WriteLine();
        sequence.WriteSummary(Console.Out);
    }

    private static string Proof(Month month, CheckedMonth found)
    {
        if (found.Files.Count == 0)
        {
            return $"{month}: no records in the source, and no file.";
        }

        var counts = found.Counts;
        string sum = $"{Quantity.Of(counts.Events, "event")} + {Quantity.Of(counts.Duplicates, "duplicate")}"
            + $" + {Quantity.Of(counts.Rejects, "reject")}";
        string more = found.Files.Count > MaxNamedFiles ? $" and {found.Files.Count - MaxNamedFiles} more" : "";
        string files = SingleLine.Escaped(string.Join(", ", found.Files.Take(MaxNamedFiles))) + more;
        string open = found.OpenDays == 0
            ? ""
            : $"; {Quantity.Of(found.OpenDays, "day")} of the trail not read yet, because a day is read when it has "
                + "ended (UTC) at least one hour before";
        return $"{month}: {Quantity.Of(counts.Records, "record")} = {sum}; every event is in {files}{open}";
    }
}
