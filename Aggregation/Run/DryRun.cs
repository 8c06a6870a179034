using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Run;

/// <summary>Plans a run and reports the plan: reads no event, writes and deletes nothing.</summary>
/// <param name="source">The store that holds the events.</param>
/// <param name="destination">The store that has the Parquet files.</param>
/// <param name="options">The settings that hold for every unit.</param>
/// <param name="time">The clock.</param>
public sealed class DryRun(
    IObjectStore source, IObjectStore destination, RunOptions options, TimeProvider time)
{
    private const int MaxNamedKept = 5;

    /// <summary>Plans one unit.</summary>
    /// <returns>
    /// A report with status planned, empty where there is nothing to read, or unchanged where a run would write
    /// nothing. Its requests are those that a run would send, without those sent again.
    /// </returns>
    /// <exception cref="AggregationException">A run would fail with this message before it reads an event.</exception>
    public Task<RunReport> RunAsync(Unit unit, CancellationToken cancellation) =>
        RunAsync(unit, listed: null, cancellation);

    /// <summary>Plans a day of a month.</summary>
    /// <param name="unit">The day.</param>
    /// <param name="listed">Its sources as they were listed with the month's; null to list them.</param>
    /// <param name="cancellation">Ends the listings.</param>
    internal async Task<RunReport> RunAsync(Unit unit, SourceListing? listed, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        var meter = new RequestMeter(source, destination);
        var plan = await RunPlan.MakeAsync(
            unit, source, destination, options, listed, isOfMonth: listed is not null, time.GetUtcNow(), cancellation);
        var requests = meter.Requests;
        bool isEmpty = plan.Sources.Count == plan.Sources.OfDayBefore;
        var report = plan.IsDone(options.RowsPerFile) ? RunReport.OfUnchanged(plan, destination) with
        {
            Requests = requests,
        } : RunReport.OfPlan(plan) with
        {
            Status = isEmpty ? RunStatus.Empty : RunStatus.Planned,
            Reason = isEmpty ? await new EmptyMonth(source, time).ReasonAsync(plan.Sources, cancellation) : null,
            Planned = isEmpty ? null : await PlannedAsync(plan, cancellation),
            Requests = isEmpty || requests is null ? requests : Estimate(requests, plan.Sources),
        };
        return report with
        {
            Retries = meter.Retries,
            DurationMilliseconds = (long)time.GetElapsedTime(started).TotalMilliseconds,
        };
    }

    private async Task<PlannedRun> PlannedAsync(RunPlan plan, CancellationToken cancellation)
    {
        string first = OutputKeys.Parquet(plan.Unit, 0);
        var earlier = plan.ParquetFiles.Keys.Concat(plan.RejectFiles.Keys).Where(key => key != first);
        List<string> kept = [];
        await foreach (var stored in destination.ListAsync(OutputKeys.ParquetPrefix(plan.Unit), cancellation))
        {
            if (plan.ExistingAt(stored.Key) is null)
            {
                kept.Add(stored.Key);
            }
        }

        return new PlannedRun(
            [.. plan.Sources.Days.Select(plan.Unit.Month.Date)],
            destination.UriOf(first),
            plan.ExistingAt(first) is not null,
            [.. earlier.Select(destination.UriOf)],
            NamedItems.Of(kept, MaxNamedKept),
            plan.Existing?.Events ?? 0);
    }

    /// <summary>
    /// Adds what a run sends after the plan: the source is listed again before the commit, each object is one read, and
    /// the upload is as large as the sources at most, because the Parquet file is rarely larger.
    /// </summary>
    private RequestCounts Estimate(RequestCounts planned, SourceListing sources)
    {
        const int StartAndCompletion = 2;
        long reads = source.Requests is null ? 0 : sources.Count;
        long parts = 1 + (sources.Bytes / S3Store.UploadPartBytes(1));
        long writes = destination.Requests is null ? 0 : parts + StartAndCompletion;
        return planned.Plus(new RequestCounts(planned.List, reads, writes));
    }
}
