using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Run;

/// <summary>The main path: plan -> write -> commit. A unit's source becomes its Parquet files, or the unit stays unchanged.</summary>
/// <param name="source">Where the events are.</param>
/// <param name="destination">Where the Parquet files go; may be the source.</param>
/// <param name="options">What a run does the same way for every unit.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Hears of each source that is read to its end.</param>
public sealed class AggregationRun(
    IObjectStore source,
    IObjectStore destination,
    RunOptions options,
    TimeProvider time,
    IProgress<RunProgress>? progress = null)
{
    /// <summary>Runs one unit.</summary>
    /// <exception cref="AggregationException">The unit is unchanged; the message says why and what to do.</exception>
    public async Task<RunReport> RunAsync(Unit unit, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        long started = time.GetTimestamp();
        long retriesBefore = Retries();

        // Plan: what is to be read, and what exists at the destination.
        var plan = await RunPlan.MakeAsync(unit, source, destination, options, cancellation);

        // Write: sources -> records -> events -> columns -> staged files, which nobody sees.
        await using var staged = new StagedUnit(plan, source, destination, options, progress, cancellation);
        await staged.WriteAsync(cancellation);

        // Commit: all or nothing.
        var commit = new RunCommit(source, destination, plan, staged, time);
        if (staged.Counts.Records > 0)
        {
            await commit.RunAsync(options.Replace, cancellation);
        }

        return RunReport.Of(plan, staged, commit, destination) with
        {
            MissingDays = MissingDays.Of(unit.Month, plan.Sources.Days, now),
            Reason = staged.Counts.Records > 0 ? null : await new EmptyMonth(source, unit.Month, time).ReasonAsync(plan.Sources.Count, plan.Sources.Ignored, cancellation),
            Retries = Retries() - retriesBefore,
            DurationMilliseconds = (long)time.GetElapsedTime(started).TotalMilliseconds,
        };
    }

    private long Retries() => source.Retries + (ReferenceEquals(source, destination) ? 0 : destination.Retries);
}
