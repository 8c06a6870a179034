using System.Globalization;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// The main path: plan -> parts -> commit. A month of NDJSON objects becomes its Parquet files, or stays as it was.
/// </summary>
public sealed class MonthAggregation(
    IObjectStore source,
    IObjectStore destination,
    AggregationOptions options,
    TimeProvider time,
    IProgress<MonthProgress>? progress = null)
{
    /// <exception cref="AggregationException">The month stayed as it was; the message says why and what to do.</exception>
    public async Task<MonthReport> RunAsync(Month month, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        long started = time.GetTimestamp();
        long retriesBefore = Retries();

        // Plan: what is to be read, and what stands there now.
        var plan = await MonthPlan.MakeAsync(month, source, destination, options, cancellation);

        // Parts: sources -> lines -> events -> column batches -> staged files.
        await using var rejects = new RejectFile(destination, month, cancellation);
        var workers = Workers();
        await using var files = new PartFiles(destination, plan, options, workers, cancellation);
        using var duplicates = options.Deduplicate ? new DuplicateFilter() : null;
        var ledger = new Ledger(plan.Sources, duplicates, rejects, progress);
        await new BatchPipeline(source, plan, options, workers, duplicates, ledger, files).RunAsync(cancellation);
        files.Close();
        rejects.Close();
        ledger.CheckWhole();
        ledger.Counts.Check(files.Rows);
        new RejectLimit(options.MaxRejectedPercent).Check(source.UriOf(month.Prefix), ledger.Counts, rejects);

        // Commit: all or nothing.
        var commit = new Commit(source, destination, plan, time);
        if (ledger.Counts.Records > 0)
        {
            await commit.PrepareAsync(rejects, files, ledger.Counts, options.Replace, cancellation);
            cancellation.ThrowIfCancellationRequested();
            await commit.RunAsync(rejects, files);
        }

        var report = Report(plan, ledger.Counts, files, rejects, commit, time.GetElapsedTime(started));
        return report with
        {
            MissingDays = MissingDays.Of(month, plan.Sources.Objects.Select(SourceListing.DayOf), now),
            Reason = report.Status != MonthStatus.Empty ? null
                : await new EmptyMonth(source, month, time).ReasonAsync(report.SourceFiles, report.IgnoredKeys, cancellation),
            ObjectsWithoutEvents = new NamedObjects(ledger.ObjectsWithoutEvents, ledger.FirstWithoutEvents),
            Retries = Retries() - retriesBefore,
        };
    }

    /// <summary>One thread writes; the others do what comes before, and help it.</summary>
    private TaskScheduler? Workers() =>
        options.Threads == 1 ? null : new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, options.Threads - 1).ConcurrentScheduler;

    private long Retries() => source.Retries + (ReferenceEquals(source, destination) ? 0 : destination.Retries);

    private MonthReport Report(
        MonthPlan plan, RecordCounts counts, PartFiles files, RejectFile rejects, Commit commit, TimeSpan duration) => new()
    {
        Month = plan.Month.ToString(),
        Status = counts.Records == 0 ? MonthStatus.Empty : MonthStatus.Written,
        SourceFiles = plan.Sources.Objects.Count,
        SourceBytes = plan.Sources.Bytes,
        IgnoredKeys = new IgnoredKeys(plan.Sources.IgnoredKeys, plan.Sources.FirstIgnoredKeys),
        Lines = counts.Records,
        Events = counts.Events,
        Duplicates = counts.Duplicates,
        Rejects = counts.Rejects,
        OutsideMonth = counts.OutsideMonth == 0 ? null : new OutsideMonth(
            counts.OutsideMonth,
            DateTimeOffset.FromUnixTimeMilliseconds(counts.Earliest!.Value),
            DateTimeOffset.FromUnixTimeMilliseconds(counts.Latest!.Value)),
        EventsWithoutTime = counts.WithoutTime,
        Outputs = [.. files.Files.Select(file => new OutputFile(destination.UriOf(file.Staged.Key), file.Rows, file.Bytes))],
        OutputBytes = files.Files.Sum(file => file.Bytes),
        RejectFile = rejects.Staged is { } staged ? destination.UriOf(staged.Key) : null,
        Removed = commit.Removed,
        MixedMilliseconds = (long?)commit.Mixed?.TotalMilliseconds,
        DurationMilliseconds = (long)duration.TotalMilliseconds,
    };
}
