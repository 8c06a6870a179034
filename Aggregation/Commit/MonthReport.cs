using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Commit;

/// <summary>Sums up the reports of a month's days.</summary>
internal sealed class MonthReport(SourceListing sources)
{
    /// <summary>The status of the month is the first of these that a day has.</summary>
    private static readonly RunStatus[] ByWeight =
        [RunStatus.Written, RunStatus.WrittenByAnotherRun, RunStatus.Planned, RunStatus.Unchanged];

    private readonly List<(Unit Unit, RunReport Report)> _done = [];

    /// <summary>The days that failed, with their failures.</summary>
    public List<(Unit Unit, AggregationException Failure)> Failures { get; } = [];

    /// <summary>The days that were not run, because the time was short.</summary>
    public List<int> Remaining { get; } = [];

    /// <summary>Adds a day that is done.</summary>
    public void Add(Unit unit, RunReport report) => _done.Add((unit, report));

    /// <summary>The failure of the month: the first day's, and which days failed.</summary>
    public AggregationException Failure()
    {
        var (unit, first) = Failures[0];
        string all = string.Join(", ", Failures.Select(failed => failed.Unit));
        return new AggregationException(
            $"{unit}: {first.Message}"
            + (Failures.Count == 1 ? "" : $" {Failures.Count} days failed: {all}.")
            + $" The month's other days are done ({_done.Count}).",
            first);
    }

    /// <summary>The sums.</summary>
    /// <param name="removed">The URIs of the month's files that the days replace.</param>
    public RunReport Report(IReadOnlyList<string> removed)
    {
        var reports = _done.ConvertAll(day => day.Report);
        var outside = reports.Select(report => report.OutsideMonth).OfType<OutsideMonth>().ToList();
        return RunReport.OfSources(sources) with
        {
            Status = ByWeight.FirstOrDefault(
                status => reports.Exists(report => report.Status == status), RunStatus.Empty),
            Days = [.. _done.Select(day => DayReport.Of(day.Unit, day.Report))],
            RemainingDays = [.. Remaining.Select(sources.Unit.Month.Date)],
            Lines = reports.Sum(report => report.Lines),
            Events = reports.Sum(report => report.Events),
            Duplicates = reports.Sum(report => report.Duplicates),
            Rejects = reports.Sum(report => report.Rejects),
            NewRejects = reports.Sum(report => report.NewRejects),
            OutsideMonth = outside.Count == 0 ? null : new OutsideMonth(
                outside.Sum(each => each.Events),
                outside.Min(each => each.Earliest),
                outside.Max(each => each.Latest)),
            EventsWithoutTime = reports.Sum(report => report.EventsWithoutTime),
            Outputs = [.. reports.SelectMany(report => report.Outputs)],
            OutputBytes = reports.Sum(report => report.OutputBytes),
            ObjectsWithoutEvents = NamedObjects.Sum(reports.Select(report => report.ObjectsWithoutEvents)),
            DamagedObjects = NamedObjects.Sum(reports.Select(report => report.DamagedObjects)),
            NewDamagedObjects = reports.Sum(report => report.NewDamagedObjects),
            Removed = [.. reports.SelectMany(report => report.Removed), .. removed],
            PlannedAgain = reports.Sum(report => report.PlannedAgain),
        };
    }
}

/// <summary>What became of a day of a month.</summary>
/// <param name="Day">The day. In JSON <c>2024-02-14</c>.</param>
/// <param name="Status">How its run ended.</param>
/// <param name="Events">The rows of its files.</param>
/// <param name="Duplicates">Exact copies of an earlier record, which were dropped.</param>
/// <param name="Rejects">Records that are not events.</param>
/// <param name="DurationMilliseconds">The duration of its run.</param>
public sealed record DayReport(
    DateOnly Day, RunStatus Status, long Events, long Duplicates, long Rejects, long DurationMilliseconds)
{
    internal static DayReport Of(Unit unit, RunReport report) => new(
        unit.Month.Date(unit.Day),
        report.Status,
        report.Events,
        report.Duplicates,
        report.Rejects,
        report.DurationMilliseconds);
}
