using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>month</c>: measures this tool, DuckDB and gunzip alone over two generated months.</summary>
internal sealed class MonthCommand : Command
{
    private const long QuickEvents = 4_000;
    private const int QuickRounds = 2;

    private readonly CommonOptions _common = new();
    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Run a small month in two rounds, to see whether everything works.",
    };

    private readonly Option<bool> _notPinned = new("--not-pinned")
    {
        Description = "Let each process use all cores, whatever its number of threads.",
    };

    public MonthCommand()
        : base("month", "Measures whole processes over a month: this tool, DuckDB, gunzip alone.")
    {
        _common.AddTo(this);
        Options.Add(_quick);
        Options.Add(_notPinned);
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        bool quick = arguments.GetValue(_quick);
        long events = quick ? QuickEvents : arguments.GetValue(_common.Events);
        int rounds = quick ? QuickRounds : arguments.GetValue(_common.RoundCount);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        bool pin = !arguments.GetValue(_notPinned);
        string product = _common.ProductOf(arguments);

        var result = new ResultFile("A month, whole processes", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of all in turn, after one that is not counted; "
            + $"each {(pin ? "pinned to as many cores as it has threads" : "on all cores")}; "
            + $"memory has a floor of {Measured.FloorBytes / 1e6:N0} MB"));
        GeneratedMonth[] months = quick
            ? [GeneratedMonth.Standard(events)]
            : [GeneratedMonth.Standard(events), GeneratedMonth.Compact(events)];
        foreach (var generated in months)
        {
            var month = generated.Below(cache, CommonOptions.Say);
            using var work = new Workspace(cache);
            var taken = Measure(new Contest(product, month, pin), rounds, work);
            result.Heading(month);
            result.Table(FigureTable.Of(taken));
            var figures = new MonthResult(taken);
            result.Chart($"month-{month.Name}.svg", figures.Chart(month.Description));
            result.Table(figures.Ratios());
            result.Commands(taken.Select(one => one.Contestant), cache);
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "month.md");
    }

    private static IReadOnlyList<Taken> Measure(Contest contest, int rounds, Workspace work)
    {
        Contestant[] contestants =
        [
            contest.Unpack(),
            contest.Ours(1), contest.DuckDb(1, DuckDbSettings.Fastest), contest.DuckDb(1, DuckDbSettings.Default),
            contest.Ours(2), contest.DuckDb(2, DuckDbSettings.Fastest), contest.DuckDb(2, DuckDbSettings.Default),
        ];
        var run = new Rounds(work.Path, CommonOptions.Say);

        var outputs = run.WarmUp(contestants);
        string[] files =
        [
            .. outputs.SelectMany(output => Directory.EnumerateFiles(output, "*.parquet", SearchOption.AllDirectories)),
        ];
        _ = Measured.Run(["dotnet", "exec", Places.Self, "compare", .. files], work.File("compare.txt"));
        CommonOptions.Say($"{files.Length} files hold the same rows");
        foreach (string output in outputs)
        {
            Directory.Delete(output, recursive: true);
        }

        return run.Run(contestants, rounds);
    }
}
