using Amazon.Lambda.Core;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Trigger;
using CloudTrailAggregation.Write;
using Microsoft.Extensions.Logging;

namespace CloudTrailAggregation;

/// <summary>One invocation: runs and logs its months in order, within the remaining time that Lambda reports.</summary>
internal sealed class Invocation : IDisposable
{
    /// <summary>
    /// Time reserved to stop cleanly and abort uploads: 20 s, or a fifth of the remaining time if that is less.
    /// </summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A day is started only if the time is left that the longest day took so far, and half as much again.
    /// </summary>
    private const double ShareOfLongestDay = 1.5;

    private readonly Settings _settings;
    private readonly IObjectStore _source;
    private readonly IObjectStore _destination;
    private readonly TimeProvider _time;
    private readonly Stream _output;
    private readonly ILambdaContext _context;
    private readonly CancellationTokenSource _outOfTime;
    private readonly TimeSpan _reserve;
    private readonly List<RunReport> _done = [];
    private string _progress = "";

    public Invocation(
        Settings settings,
        IObjectStore source,
        IObjectStore destination,
        TimeProvider time,
        Stream output,
        ILambdaContext context)
    {
        (_settings, _source, _destination) = (settings, source, destination);
        (_time, _output, _context) = (time, output, context);
        Logger = new JsonLineLogger(output, settings.LogLevel, time, context.AwsRequestId);
        _reserve = TimeSpan.FromTicks(Math.Min(Reserve.Ticks, context.RemainingTime.Ticks / 5));
        var left = context.RemainingTime - _reserve;
        _outOfTime = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
    }

    public ILogger Logger { get; }

    /// <summary>The reports of the finished months.</summary>
    public IReadOnlyList<RunReport> Done => _done;

    /// <summary>
    /// The answer to the last request that asked whether a month was written; null if there was none.
    /// </summary>
    public WrittenMonth? Watched { get; private set; }

    /// <summary>The answer to the last request that asked for a month's days; null if there was none.</summary>
    public IReadOnlyList<DateOnly>? Days { get; private set; }

    /// <summary>The last request that asked only which months it names; null if there was none.</summary>
    public MonthRequest? Asked { get; private set; }

    /// <exception cref="AggregationException">A month failed; it and the months after it are unchanged.</exception>
    public async Task RunAsync(MonthRequest request)
    {
        if (request.AsksForMonths)
        {
            Asked = request;
            return;
        }

        if (request.IsWatch)
        {
            await WatchAsync(request.First);
            return;
        }

        foreach (var month in request.Months)
        {
            try
            {
                RequireUnit(request);
                await RunAsync(month, request);
            }
            catch (Exception error)
            {
                var failure = Explain(error, month, request);
                Log.MonthFailed(Logger, error, month.ToString(), failure.Message);
                MetricLine.WriteFailure(_output, _context.FunctionName, month, request.IsScheduled, _time);
                throw failure;
            }
        }
    }

    public void Dispose() => _outOfTime.Dispose();

    /// <summary>Looks whether a month was written, and answers as a metric too. It writes nothing.</summary>
    private async Task WatchAsync(Month month)
    {
        try
        {
            Watched = await WrittenMonth.LookAsync(_destination, new Unit(month), _outOfTime.Token);
        }
        catch (Exception error)
        {
            var failure = new AggregationException(
                $"{month}: whether it was written is not known: {error.Message}", error);
            Log.WatchFailed(Logger, error, month.ToString(), failure.Message);
            throw failure;
        }

        if (Watched.IsWritten)
        {
            Log.MonthWritten(Logger, Watched.Month, Watched.File!);
        }
        else
        {
            Log.MonthNotWritten(Logger, Watched.Month, Watched.File);
        }

        MetricLine.WriteWatch(_output, _context.FunctionName, Watched, _time);
    }

    private async Task RunAsync(Month month, MonthRequest request)
    {
        _progress = "";
        Log.MonthBegins(Logger, month.ToString());
        bool isDue = MissingDays.LastDayDue(month, _time.GetUtcNow()) > 0;
        var options = _settings.Options with { Replace = request.Replace };
        if (request.AsksForDays)
        {
            Days = await new MonthRun(_source, _destination, options, _time).DaysAsync(month, _outOfTime.Token);
            return;
        }

        var report = await RunAsync(new Unit(month, request.Day), options);
        bool isOpen = report.OpenDays.Count == DateTime.DaysInMonth(month.Year, month.Number);
        if (report.Status == RunStatus.Empty && request.IsScheduled && isDue && !isOpen)
        {
            throw new AggregationException($"{report.Reason} Nothing was changed.");
        }

        _done.Add(report);
        LogDone(report);
        LogNotes(report);
        MetricLine.Write(_output, _context.FunctionName, report, request.IsScheduled, _time);
    }

    /// <summary>A day is written where days are: a day's file beside a month's would double its events.</summary>
    private void RequireUnit(MonthRequest request)
    {
        if ((request.Day > 0 || request.AsksForDays) && _settings.Options.Unit != UnitKind.Day)
        {
            throw new AggregationException(
                "The event asks for a day, and the function writes whole months. Set UNIT=day, or ask for a month.");
        }
    }

    private Task<RunReport> RunAsync(Unit unit, RunOptions options)
    {
        var progress = new Progress(this, unit);
        if (unit.IsDay)
        {
            return new AggregationRun(_source, _destination, options, _time, progress)
                .RunAsync(unit, _outOfTime.Token);
        }

        var run = new MonthRun(_source, _destination, options, _time, progress)
        {
            DayDone = LogDone,
            HasTime = longest => _context.RemainingTime > _reserve + (longest * ShareOfLongestDay),
        };
        return run.RunAsync(unit.Month, _outOfTime.Token);
    }

    private void LogDone(RunReport report)
    {
        var json = new RawJson(ReportJson.Text(report));
        if (report.Status == RunStatus.Unchanged)
        {
            Log.MonthUnchanged(Logger, report.Month, report.Events, json);
        }
        else
        {
            string by = report.Status == RunStatus.WrittenByAnotherRun ? " by another run" : "";
            Log.MonthDone(Logger, report.Month, by, report.Events, report.Lines, json);
        }
    }

    private void LogNotes(RunReport report)
    {
        if (report.Status == RunStatus.Empty)
        {
            Log.EmptyMonth(Logger, report.Month, report.Reason);
        }

        if (report.Rejects > 0)
        {
            Log.Rejects(Logger, report.Month, report.Rejects, report.RejectFile);
        }

        if (report.ObjectsWithoutEvents.Count > 0)
        {
            var objects = report.ObjectsWithoutEvents;
            Log.ObjectsWithoutEvents(Logger, report.Month, objects.Count, string.Join(", ", objects.First));
        }

        if (report.DamagedObjects.Count > 0)
        {
            var objects = report.DamagedObjects;
            Log.DamagedObjects(Logger, report.Month, objects.Count, string.Join(", ", objects.First));
        }

        if (report.IgnoredKeys.Count > 0)
        {
            var keys = report.IgnoredKeys;
            Log.IgnoredKeys(Logger, report.Month, keys.Count, string.Join(", ", keys.First));
        }

        if (report.OpenDays.Count > 0)
        {
            Log.OpenDays(Logger, report.Month, report.OpenDays.Count, MissingDays.Text(report.OpenDays));
        }

        if (report.QuietRegions is { Count: > 0 } quiet)
        {
            Log.QuietRegions(Logger, report.Month, quiet.Count, string.Join(", ", quiet.First));
        }

        if (report.EmptyObjects > 0)
        {
            Log.EmptyObjects(Logger, report.Month, report.EmptyObjects);
        }

        if (report.RemainingDays is { Count: > 0 } remaining)
        {
            Log.RemainingDays(Logger, report.Month, remaining.Count, MissingDays.Text(remaining));
        }

        if (report.MissingDays.Count > 0)
        {
            Log.MissingDays(
                Logger, report.Month, report.MissingDays.Count, MissingDays.Text(report.MissingDays));
        }
    }

    /// <summary>The failure with its month, and for a range with how to continue.</summary>
    private AggregationException Explain(Exception error, Month month, MonthRequest request)
    {
        bool isOutOfTime = error is OperationCanceledException && _outOfTime.IsCancellationRequested;
        string state = _settings.Options.Unit == UnitKind.Day
            ? "the day is unchanged, and those before it are done"
            : "the month is unchanged";
        string what = isOutOfTime
            ? $"the time ran out{_progress}; {state}. "
                + "Raise the function's timeout (maximum 900 s) or its memory, which also adds processors."
            : error.Message;
        return new AggregationException($"{month}: {what}{HowToContinue(month, request)}", error);
    }

    private string HowToContinue(Month failed, MonthRequest request)
    {
        if (request.First == request.Last)
        {
            return "";
        }

        string done = _done.Count == 0 ? "none" : string.Join(", ", _done.Select(report => report.Month));
        string open = failed == request.Last ? "none" : $"{failed.Next} to {request.Last}";
        return $" (Done before it: {done}. Not started: {open}. "
            + $"Continue with {{\"from\":\"{failed}\",\"to\":\"{request.Last}\"}}.)";
    }

    private sealed class Progress(Invocation invocation, Unit unit) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            invocation._progress = $" after {value.FilesRead} of {value.Files} files, {value.Events} events";
            Log.Progress(invocation.Logger, unit.ToString(), value.FilesRead, value.Files, value.Events);
        }
    }
}
