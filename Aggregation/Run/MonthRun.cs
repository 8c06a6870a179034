using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Run;

/// <summary>
/// Runs a month in its units: at once, or day by day. The days are listed together, each is committed by itself, and
/// one whose files already are what a run would write is not read again.
/// </summary>
/// <param name="source">The store that holds the events.</param>
/// <param name="destination">The store that takes the Parquet files.</param>
/// <param name="options">The settings that hold for every unit.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Receives a report after each source that was read to its end; null for none.</param>
public sealed class MonthRun(
    IObjectStore source,
    IObjectStore destination,
    RunOptions options,
    TimeProvider time,
    IProgress<RunProgress>? progress = null)
{
    /// <summary>Whether to plan only: see <see cref="Run.DryRun"/>.</summary>
    public bool IsDry { get; init; }

    /// <summary>Receives the report of each day that is done; null for none.</summary>
    public Action<RunReport>? DayDone { get; init; }

    /// <summary>
    /// Called before each day but the first with the time that the longest day took so far; false ends the run between
    /// two days.
    /// </summary>
    public Func<TimeSpan, bool> HasTime { get; init; } = _ => true;

    /// <summary>Runs a month.</summary>
    /// <returns>
    /// What the run read, wrote and removed; of a month in days the sums, with a line for each day and the days that
    /// remain where the time was short.
    /// </returns>
    /// <exception cref="AggregationException">
    /// The run failed; see <see cref="AggregationRun"/>. Of a month in days the message has the first failure and the
    /// days that failed; the days after a failed one are run.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The run was canceled. Of a month in days those before are done, and the report is lost.
    /// </exception>
    public Task<RunReport> RunAsync(Month month, CancellationToken cancellation) =>
        options.Unit == UnitKind.Day
            ? RunDaysAsync(month, cancellation)
            : RunUnitAsync(new Unit(month), listed: null, cancellation);

    /// <summary>The days of a month that a run reads: those with an object or a file, except open ones.</summary>
    /// <exception cref="AggregationException">A store cannot be listed.</exception>
    public async Task<IReadOnlyList<DateOnly>> DaysAsync(Month month, CancellationToken cancellation)
    {
        var (_, days) = await FindDaysAsync(month, cancellation);
        return [.. days.Select(month.Date)];
    }

    private async Task<RunReport> RunDaysAsync(Month month, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        var meter = new RequestMeter(source, destination);
        var (sources, days) = await FindDaysAsync(month, cancellation);
        if (days.Count == 0)
        {
            return RunReport.OfSources(sources) with
            {
                Status = RunStatus.Empty,
                Reason = await new EmptyMonth(source, time).ReasonAsync(sources, cancellation),
            };
        }

        var sum = new MonthReport(sources);
        var longest = TimeSpan.Zero;
        foreach (int day in days)
        {
            if (day != days[0] && !HasTime(longest))
            {
                sum.Remaining.AddRange(days.Where(later => later >= day));
                break;
            }

            long dayStarted = time.GetTimestamp();
            await RunDayAsync(sources, day, sum, cancellation);
            var took = time.GetElapsedTime(dayStarted);
            longest = took > longest ? took : longest;
        }

        if (sum.Failures.Count > 0)
        {
            throw sum.Failure();
        }

        var removed = options.Replace && !IsDry && sum.Remaining.Count == 0
            ? await RemoveMonthFilesAsync(month)
            : [];
        return sum.Report(removed) with
        {
            Retries = meter.Retries,
            Requests = meter.Requests,
            DurationMilliseconds = (long)time.GetElapsedTime(started).TotalMilliseconds,
        };
    }

    private async Task RunDayAsync(
        SourceListing sources, int day, MonthReport sum, CancellationToken cancellation)
    {
        var unit = sources.Unit with { Day = day };
        try
        {
            var listed = sources.OfDay(day, unit.FirstDayRead(options.Deduplicate));
            var report = await RunUnitAsync(unit, listed, cancellation);
            sum.Add(unit, report);
            DayDone?.Invoke(report);
        }
        catch (AggregationException failure)
        {
            sum.Failures.Add((unit, failure));
        }
    }

    private Task<RunReport> RunUnitAsync(Unit unit, SourceListing? listed, CancellationToken cancellation) => IsDry
        ? new DryRun(source, destination, options, time).RunAsync(unit, listed, cancellation)
        : new AggregationRun(source, destination, options, time, progress).RunAsync(unit, listed, cancellation);

    private async Task<(SourceListing Sources, IReadOnlyList<int> Days)> FindDaysAsync(
        Month month, CancellationToken cancellation)
    {
        var unit = new Unit(month);
        var discovery = new SourceDiscovery(source, options.Selection, time.GetUtcNow(), options.Deduplicate);
        var sources = await discovery.ListAsync(unit, cancellation, forDays: true);
        string prefix = OutputKeys.ParquetPrefix(unit);
        var (_, written) = await OutputKeys.ListMonthAsync(
            destination, prefix, OutputKeys.ParquetSuffix, cancellation);
        var open = sources.OpenDays.Select(day => day.Day).ToHashSet();
        var days = sources.Days.Concat(written.Select(file => SourceNames.DayOf(file.Key.AsSpan(prefix.Length))));
        return (sources, [.. days.Where(day => !open.Contains(day)).Distinct().Order()]);
    }

    /// <summary>Removes the files of the whole month, all of whose days are written.</summary>
    private async Task<IReadOnlyList<string>> RemoveMonthFilesAsync(Month month)
    {
        var unit = new Unit(month);
        List<string> removed = [];
        foreach (var (prefix, suffix) in ((string, string)[])
            [
                (OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix),
                (OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix),
            ])
        {
            var files = await OutputKeys.ListAsync(destination, prefix, suffix, CancellationToken.None);
            foreach (string key in files.Keys)
            {
                await destination.DeleteAsync(key, CancellationToken.None);
                removed.Add(destination.UriOf(key));
            }
        }

        return removed;
    }
}
