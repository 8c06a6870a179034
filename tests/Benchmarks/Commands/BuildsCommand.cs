using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>builds</c>: measures two builds of this tool in pairs, to see what a change costs or saves.</summary>
internal sealed class BuildsCommand : Command
{
    private readonly CommonOptions _common = new();
    private readonly Option<FileInfo> _baseline = new("--baseline")
    {
        Description = "The build to compare with: native or a .dll, published as in docs/cli.md.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "The threads of both.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<DirectoryInfo?> _source = new("--source")
    {
        Description = "The month's source, instead of the generated month.",
        HelpName = "DIR",
    };

    private readonly Option<string> _month = new("--month")
    {
        Description = "With --source: the month.",
        HelpName = "YYYY-MM",
        DefaultValueFactory = _ => "2024-02",
    };

    public BuildsCommand()
        : base("builds", "Measures two builds of the terminal tool over a month, in pairs.")
    {
        _common.AddTo(this);
        _common.RoundCount.DefaultValueFactory = _ => 8;
        Options.Add(_baseline);
        Options.Add(_threads);
        Options.Add(_source);
        Options.Add(_month);
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        int threads = arguments.GetValue(_threads);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        string product = _common.ProductOf(arguments);
        var month = MonthOf(arguments, cache);
        using var work = new Workspace(cache);
        Contestant[] contestants =
        [
            new Contest(product, month, pin: true).Ours(threads),
            new Contest(arguments.GetRequiredValue(_baseline).FullName, month, pin: true).Ours(threads) with
            {
                Name = "the baseline",
            },
        ];
        var run = new Rounds(work.Path, CommonOptions.Say);
        _ = run.WarmUp(contestants);
        var taken = run.Run(contestants, rounds);

        var result = new ResultFile("Two builds", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} pairs in turn, after one that is not counted; pinned to as many cores as there are threads"));
        result.Heading(month);
        result.Table(FigureTable.Of(taken));
        result.Table(Ratios(taken));
        result.WriteTo(arguments.GetRequiredValue(_common.Results), "builds.md");
    }

    private SourceMonth MonthOf(ParseResult arguments, string cache)
    {
        if (arguments.GetValue(_source) is not { } source)
        {
            return GeneratedMonth.Standard(arguments.GetValue(_common.Events)).Below(cache, CommonOptions.Say);
        }

        string name = arguments.GetRequiredValue(_month);
        return new SourceMonth(source.FullName, name, $"{name} of {source.Name}");
    }

    private static MarkdownTable Ratios(IReadOnlyList<Taken> taken)
    {
        var table = new MarkdownTable("ratio of the same pair's figures: this / the baseline", "median", "min", "max");
        Add("wall", usage => usage.Wall.TotalSeconds);
        Add("CPU", usage => usage.Cpu.TotalSeconds);
        Add("peak memory", usage => usage.PeakBytes);
        table.Add("file", Number((double)taken[0].OutputBytes / taken[1].OutputBytes), "", "");
        return table;

        void Add(string name, Func<Usage, double> figure)
        {
            var ratio = Ratio.Of(taken[0], taken[1], figure);
            table.Add(name, Number(ratio.Median), Number(ratio.Min), Number(ratio.Max));
        }
    }

    private static string Number(double value) => value.ToString("N3", CultureInfo.InvariantCulture);
}
