using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>linear</c>: measures whether ten times the events take ten times as long.</summary>
internal sealed class LinearCommand : Command
{
    /// <summary>The standard month with 0.5 GB of text.</summary>
    private const long SmallEvents = 314_000;
    private const int Factor = 10;

    private readonly CommonOptions _common = new();

    public LinearCommand()
        : base("linear", "Measures this tool over a month of 0.5 GB and one of 5 GB, which needs 0.7 GB of disk.")
    {
        _common.AddTo(this);
        _common.Events.DefaultValueFactory = _ => SmallEvents;
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        long events = arguments.GetValue(_common.Events);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        string product = _common.ProductOf(arguments);

        var result = new ResultFile("The time follows the month", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of both in turn, after one that is not counted; "
            + $"pinned to as many cores as there are threads"));
        var small = GeneratedMonth.Standard(events).Below(cache, CommonOptions.Say);
        var large = GeneratedMonth.Standard(events * Factor).Below(cache, CommonOptions.Say);
        var table = new MarkdownTable(
            "events per second, median", Size(small), Size(large), "ratio", "min", "max", "target");
        foreach (int threads in (int[])[1, 2])
        {
            using var work = new Workspace(cache);
            Contestant[] contestants =
            [
                new Contest(product, small, pin: true).Ours(threads),
                new Contest(product, large, pin: true).Ours(threads),
            ];
            var run = new Rounds(work.Path, CommonOptions.Say);
            _ = run.WarmUp(contestants);
            var taken = run.Run(contestants, rounds);
            var ratio = Ratio.Of(
                taken[0].Rounds.Zip(taken[1].Rounds, (small, large) => Factor * small.Wall / large.Wall));
            table.Add(
                contestants[0].Name, PerSecond(events, taken[0]), PerSecond(events * Factor, taken[1]),
                Number(ratio.Median), Number(ratio.Min), Number(ratio.Max), "at least 0.9");
        }

        result.Table(table);
        result.WriteTo(arguments.GetRequiredValue(_common.Results), "linear.md");
    }

    private static string Size(SourceMonth month) =>
        string.Create(CultureInfo.InvariantCulture, $"{month.PackedBytes / 1e6:N0} MB packed");

    private static string PerSecond(long events, Taken taken) =>
        (events / Ratio.Of(taken.Rounds.Select(round => round.Wall.TotalSeconds)).Median)
            .ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}
