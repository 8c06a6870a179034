using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>What became of one month, for the summary.</summary>
/// <param name="Month">The month.</param>
/// <param name="Cells">Its numbers, one for each of the command's columns; none where it failed.</param>
/// <param name="Result">The rest in words: what was written, or why it failed.</param>
/// <param name="Failed">Whether it failed.</param>
internal sealed record MonthOutcome(Month Month, IReadOnlyList<string> Cells, string Result, bool Failed = false);

/// <summary>
/// Months one after the other. One that fails says so and does not stop the others, unless that is asked for;
/// Ctrl-C does, between months too.
/// </summary>
/// <param name="months">The months, in order.</param>
/// <param name="stopOnFailure">Whether the first failure ends it.</param>
/// <param name="cancellation">Ctrl-C.</param>
internal sealed class MonthSequence(IReadOnlyList<Month> months, bool stopOnFailure, CancellationToken cancellation)
{
    private readonly List<MonthOutcome> _outcomes = [];

    /// <summary>Does the months.</summary>
    /// <param name="run">Does one.</param>
    /// <param name="failed">Tells of a failed one at once.</param>
    /// <param name="cancelled">How a month is left that was stopped in its middle, in words.</param>
    /// <exception cref="CancelledException">Ctrl-C; the message says what is done and what is not.</exception>
    public async Task RunAsync(Func<Month, Task<MonthOutcome>> run, Action<Month, Exception> failed, Func<Month, string> cancelled)
    {
        foreach (var month in months)
        {
            try
            {
                _outcomes.Add(await run(month));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw new CancelledException($"cancelled {cancelled(month)}.{Rest(month)}");
            }
            catch (Exception e) when (e is not WrongUsageException)
            {
                failed(month, e);
                _outcomes.Add(new MonthOutcome(month, [], Failure.OnOneLine(e.Message), Failed: true));
            }

            if (cancellation.IsCancellationRequested)
            {
                throw new CancelledException($"cancelled: {month} was at its end already and {(_outcomes[^1].Failed ? "failed" : "was finished")}; nothing half-done is left.{Rest(month.Next)}");
            }

            if (stopOnFailure && _outcomes[^1].Failed)
            {
                break;
            }
        }
    }

    /// <summary>0, or 1 if a month failed.</summary>
    public int ExitCode => _outcomes.Exists(outcome => outcome.Failed) ? 1 : 0;

    /// <summary>A line for each month that was tried, and how many were not.</summary>
    public void WriteSummary(TextWriter output, params string[] columns)
    {
        var table = new TextTable(["month", .. columns, "result"]);
        foreach (var outcome in _outcomes)
        {
            var cells = outcome.Cells.Count == 0 ? columns.Select(_ => "-") : outcome.Cells;
            table.Add([outcome.Month.ToString(), .. cells, (outcome.Failed ? "FAILED: " : "") + outcome.Result]);
        }

        table.Write(output);
        output.WriteLine();
        int failures = _outcomes.Count(outcome => outcome.Failed);
        int left = months.Count - _outcomes.Count;
        output.WriteLine($"{Quantity.Of(months.Count, "month")}: {_outcomes.Count - failures} done, {failures} failed{(left == 0 ? "" : $", {left} not done")}.");
    }

    private string Rest(Month next) => months.Count == 1 || next > months[^1]
        ? ""
        : $" {_outcomes.Count(outcome => !outcome.Failed)} of {months.Count} months are done. Go on with --from {next} --to {months[^1]}.";
}

/// <summary>Ctrl-C, with how things stand.</summary>
internal sealed class CancelledException(string message) : OperationCanceledException(message);
