using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The result of one month, for the summary.</summary>
/// <param name="Month">The month.</param>
/// <param name="Counts">What was counted; null for a month that failed early.</param>
/// <param name="Result">The rest in words: what was written, or why the month failed.</param>
/// <param name="Failed">Whether it failed.</param>
internal sealed record MonthOutcome(Month Month, MonthCounts? Counts, string Result, bool Failed = false);

/// <summary>The numbers of one month in the summary; null for what a dry run does not know.</summary>
/// <param name="Files">Source files that were read.</param>
/// <param name="Records">Records of all outcomes.</param>
/// <param name="Events">Rows.</param>
/// <param name="Duplicates">Exact copies of an earlier record.</param>
/// <param name="Rejects">Records that are not events.</param>
internal sealed record MonthCounts(long Files, long? Records, long? Events, long? Duplicates, long? Rejects);

/// <summary>
/// Works on months one after the other. A month that fails is reported and the next one follows, unless the first
/// failure is to end the sequence. Ctrl-C ends it, between months too.
/// </summary>
/// <param name="months">The months, in order.</param>
/// <param name="stopOnFailure">Whether the first failure ends the sequence.</param>
/// <param name="cancellation">Ctrl-C.</param>
internal sealed class MonthSequence(IReadOnlyList<Month> months, bool stopOnFailure, CancellationToken cancellation)
{
    private static readonly string[] Columns = [">files", ">records", ">events", ">duplicates", ">rejects"];

    private readonly List<MonthOutcome> _outcomes = [];

    /// <summary>Works on the months.</summary>
    /// <param name="work">The work for each month.</param>
    /// <param name="progressOf">Makes a month's progress display.</param>
    /// <exception cref="CancelledException">Ctrl-C; the message says which months are done.</exception>
    public async Task RunAsync(IMonthWork work, Func<Month, ProgressDisplay> progressOf)
    {
        foreach (var month in months)
        {
            try
            {
                _outcomes.Add(await work.RunAsync(month, progressOf(month), cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw new CancelledException($"cancelled {work.WhenCancelled(month)}.{Rest(month)}");
            }
            catch (Exception e) when (e is not WrongUsageException)
            {
                work.ReportFailure(month, e);
                _outcomes.Add(new MonthOutcome(month, Counts: null, Failure.OnOneLine(e.Message), Failed: true));
            }

            if (cancellation.IsCancellationRequested)
            {
                throw new CancelledException(
                    $"cancelled after the end of {month}, which {Ending()}.{Rest(month.Next)}");
            }

            if (stopOnFailure && _outcomes[^1].Failed)
            {
                break;
            }
        }
    }

    /// <summary>0, or 1 if a month failed.</summary>
    public int ExitCode => _outcomes.Exists(outcome => outcome.Failed) ? 1 : 0;

    /// <summary>Writes a line for each month that was tried, and how many months were not.</summary>
    public void WriteSummary(TextWriter output)
    {
        var table = new TextTable(["month", .. Columns, "result"]);
        foreach (var outcome in _outcomes)
        {
            string result = (outcome.Failed ? "FAILED: " : "") + outcome.Result;
            table.Add([outcome.Month.ToString(), .. Cells(outcome.Counts), result]);
        }

        table.Write(output);
        output.WriteLine();
        int failures = _outcomes.Count(outcome => outcome.Failed);
        int remaining = months.Count - _outcomes.Count;
        string notDone = remaining == 0 ? "" : $", {remaining} not done";
        output.WriteLine(
            $"{Quantity.Of(months.Count, "month")}: {_outcomes.Count - failures} done, {failures} failed{notDone}.");
    }

    private static IEnumerable<string> Cells(MonthCounts? counts) => counts is null
        ? Columns.Select(_ => "-")
        : ((long?[])[counts.Files, counts.Records, counts.Events, counts.Duplicates, counts.Rejects])
            .Select(count => count is null ? "-" : $"{count:N0}");

    private string Ending() => _outcomes[^1].Failed ? "failed" : "is done";

    private string Rest(Month next)
    {
        if (months.Count == 1 || next > months[^1])
        {
            return "";
        }

        int done = _outcomes.Count(outcome => !outcome.Failed);
        return $" {done} of {months.Count} months are done. Continue with --from {next} --to {months[^1]}.";
    }
}

/// <summary>Ctrl-C; the message says what is done.</summary>
internal sealed class CancelledException(string message) : OperationCanceledException(message);
