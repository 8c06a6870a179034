using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>Aggregates one month and prints its report.</summary>
internal sealed class AggregateWork(
    IObjectStore source, IObjectStore destination, RunOptions options, TimeProvider time) : IMonthWork
{
    private bool _isNoted;

    /// <summary>
    /// Whether this is one of several months: its report is then one line, and errors start with the month.
    /// </summary>
    public required bool IsRange { get; init; }

    /// <summary>Whether a month without records is done.</summary>
    public required bool AllowsEmpty { get; init; }

    /// <summary>Whether the month is only planned.</summary>
    public required bool IsDryRun { get; init; }

    /// <summary>Whether stdout gets JSON and nothing else.</summary>
    public required bool IsJson { get; init; }

    /// <summary>Whether a failure shows where in the code it comes from.</summary>
    public required bool IsVerbose { get; init; }

    /// <summary>The S3 of the destination, for the sample queries.</summary>
    public required S3Endpoint Endpoint { get; init; }

    public async Task<MonthOutcome> RunAsync(Month month, ProgressDisplay progress, CancellationToken cancellation)
    {
        var run = new MonthRun(source, destination, options, time, progress) { IsDry = IsDryRun };
        var report = await progress.ShowWhileAsync(() => run.RunAsync(month, cancellation));
        if (report.Status == RunStatus.Empty)
        {
            WriteEmpty(month, report.Reason!);
        }

        NoteSharedPrefix(report.Layout);
        await WriteAsync(month, report);
        return ReportText.Outcome(month, report, failed: report.Status == RunStatus.Empty && !AllowsEmpty);
    }

    public void ReportFailure(Month month, Exception failure)
    {
        Failure.Failed(failure, IsVerbose, Prefix(month));
        if (IsJson)
        {
            Console.Out.WriteLine(FailedMonth.Text(month, failure));
        }
    }

    public string WhenCancelled(Month month) =>
        options.Unit == UnitKind.Day
            ? $"within {month}: the days before are done, the rest is unchanged; nothing staged is left"
            : $"before the commit of {month}, which is unchanged; nothing staged is left";

    public void WriteSummary(MonthSequence sequence)
    {
        if (!IsJson)
        {
            sequence.WriteSummary(Console.Out);
        }
    }

    private async Task WriteAsync(Month month, RunReport report)
    {
        if (IsJson)
        {
            await Console.Out.WriteLineAsync(SingleLine.Escaped(ReportJson.Text(report)));
        }
        else if (!IsRange)
        {
            string read = source.UriOf(report.Layout == SourceLayout.Daily ? month.Prefix : "");
            new ReportText(Console.Out, read, destination.UriOf($"{month.Prefix}*/*.parquet"), Endpoint).Write(report);
        }
        else if (report.Status == RunStatus.Unchanged)
        {
            await Console.Error.WriteLineAsync($"{month}: unchanged");
        }
        else if (report.Status != RunStatus.Empty)
        {
            string duration = Quantity.Duration(TimeSpan.FromMilliseconds(report.DurationMilliseconds));
            await Console.Error.WriteLineAsync(
                $"{month}: {Quantity.Of(report.Events, "event")}, {Quantity.Bytes(report.OutputBytes)}, {duration}");
        }
    }

    /// <summary>Warns once of places that do not go together in the source's layout.</summary>
    private void NoteSharedPrefix(SourceLayout layout)
    {
        if (!_isNoted && SharedPrefix.Note(source, destination, layout) is { } note)
        {
            Console.Error.WriteLine($"note: {Failure.OnOneLine(note)}");
            _isNoted = true;
        }
    }

    private void WriteEmpty(Month month, string reason) => Console.Error.WriteLine(AllowsEmpty
        ? $"no events: {SingleLine.Of(reason)}"
        : $"error: {Prefix(month)}{SingleLine.Of(reason)} {MonthOptions.AllowEmptyHint}");

    private string Prefix(Month month) => IsRange ? $"{month}: " : "";
}
