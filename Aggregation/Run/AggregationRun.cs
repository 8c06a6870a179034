using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Run;

/// <summary>
/// The main path: plan -> write -> commit. A unit's sources become its Parquet files, or the unit stays unchanged. When
/// a source changes in the meantime, the run starts again with a new plan, at most twice.
/// </summary>
/// <param name="source">The store that holds the events.</param>
/// <param name="destination">The store that takes the Parquet files; may be the same object as the source.</param>
/// <param name="options">The settings that hold for every unit.</param>
/// <param name="time">The clock; the library reads no other.</param>
/// <param name="progress">Receives a report after each source that was read to its end; null for none.</param>
public sealed class AggregationRun(
    IObjectStore source,
    IObjectStore destination,
    RunOptions options,
    TimeProvider time,
    IProgress<RunProgress>? progress = null)
{
    /// <summary>How often a run plans at most, if the source changes while it is read.</summary>
    private const int MaxPlans = 3;

    /// <summary>Runs one unit. Call it again for the next unit, one call at a time.</summary>
    /// <param name="unit">The unit to write.</param>
    /// <param name="cancellation">Ends the run; ignored once the first file is being completed.</param>
    /// <returns>
    /// What the run read, wrote and removed; the status is empty where the unit has no records, and unchanged where its
    /// files already are what the run would write.
    /// </returns>
    /// <exception cref="AggregationException">
    /// The run failed. The message names the object, what is wrong and what to do. The unit is unchanged, except after
    /// a commit that fails between two files: that message names the files already written.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was canceled; the unit is unchanged.</exception>
    public Task<RunReport> RunAsync(Unit unit, CancellationToken cancellation) =>
        RunAsync(unit, listed: null, cancellation);

    /// <summary>Runs a day of a month.</summary>
    /// <param name="unit">The unit to write.</param>
    /// <param name="listed">
    /// The day's sources as the month's run has listed them, for the first plan; null where the run lists its own.
    /// </param>
    /// <param name="cancellation">As above.</param>
    internal async Task<RunReport> RunAsync(Unit unit, SourceListing? listed, CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        long timestamp = time.GetTimestamp();
        var meter = new RequestMeter(source, destination);
        for (int plans = 1; ; plans++)
        {
            try
            {
                var sources = plans == 1 ? listed : null;
                return await RunOnceAsync(unit, sources, isOfMonth: listed is not null, started, cancellation) with
                {
                    PlannedAgain = plans - 1,
                    Retries = meter.Retries,
                    Requests = meter.Requests,
                    DurationMilliseconds = (long)time.GetElapsedTime(timestamp).TotalMilliseconds,
                };
            }
            catch (ObjectChangedException) when (plans < MaxPlans)
            {
                // The source changed before anything was committed, and the staged files are gone: plan again.
            }
            catch (ObjectChangedException changed)
            {
                throw new AggregationException(
                    $"{changed.Message} The source changed in each of {MaxPlans} attempts to read it.", changed);
            }
        }
    }

    /// <exception cref="ObjectChangedException">A source object is not what it was in the plan.</exception>
    private async Task<RunReport> RunOnceAsync(
        Unit unit,
        SourceListing? sources,
        bool isOfMonth,
        DateTimeOffset started,
        CancellationToken cancellation)
    {
        // Plan: what to read, and what exists at the destination.
        var plan = await RunPlan.MakeAsync(
            unit, source, destination, options, sources, isOfMonth, started, cancellation);
        if (plan.IsDone(options.RowsPerFile))
        {
            return RunReport.OfUnchanged(plan, destination);
        }

        // Write: sources -> records -> events -> columns -> staged files, which no reader sees.
        await using var staged = new StagedUnit(plan, source, destination, options, progress, cancellation);
        await staged.WriteAsync(cancellation);

        // Commit: all files become visible, or none.
        var commit = new RunCommit(source, destination, plan, staged, time);
        bool isCommitted = staged.Counts.Records > 0 || plan.IsCommittedEmpty;
        if (isCommitted)
        {
            await commit.RunAsync(cancellation);
        }

        return RunReport.Of(plan, staged, commit, destination) with
        {
            Reason = isCommitted
                ? null
                : Skipped(staged.Ledger.DamagedObjects)
                    + await new EmptyMonth(source, time).ReasonAsync(plan.Sources, cancellation),
        };
    }

    /// <summary>A sentence about skipped objects in front of the reason why a month has no records.</summary>
    private static string Skipped(NamedObjects damaged) => damaged.Count == 0
        ? ""
        : $"{string.Join(", ", damaged.First)}{(damaged.Count > damaged.First.Count ? ", ..." : "")}: "
            + $"damaged and skipped ({damaged.Count}). ";
}
