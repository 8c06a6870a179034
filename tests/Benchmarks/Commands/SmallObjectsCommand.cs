using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Benchmarks.SmallObjects;
using TestCredentials = CloudTrailAggregation.Tests.TestCredentials;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>small-objects</c>: measures how fast many small objects come from a store that answers late.</summary>
internal sealed class SmallObjectsCommand : Command
{
    private const int FewerObjects = 10;

    private readonly CommonOptions _common = new();
    private readonly Option<int> _objects = new("--objects")
    {
        Description = "The number of objects; each round also fetches a tenth of them, to compare the memory.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 100_000,
    };

    private readonly Option<int> _delay = ServerOptions.Delay(30);
    private readonly Option<bool> _wholeMonth = new("--whole-month")
    {
        Description = "Also write the month's Parquet file from the objects, once, with the terminal tool.",
    };

    public SmallObjectsCommand()
        : base(
            "small-objects",
            "Measures the way from request to unpacked bytes for many objects of 0.5 to 8 KB, beside the SDK alone.")
    {
        Options.Add(_common.Cache);
        Options.Add(_common.Results);
        Options.Add(_common.RoundCount);
        Options.Add(_objects);
        Options.Add(_delay);
        Options.Add(_wholeMonth);
        Options.Add(_common.Product);
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        int objects = arguments.GetValue(_objects);
        int fewer = Math.Max(1, objects / FewerObjects);
        int delay = arguments.GetValue(_delay);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        var result = new ResultFile("Many small objects", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of all in turn, after one that is not counted; a server of the benchmark's own makes up "
            + $"the objects and answers each request after {delay} ms, over loopback without TLS; "
            + $"each client is pinned to one core, the server to the others; "
            + $"CPU and memory are those of the whole process; "
            + $"memory has a floor of {Measured.FloorBytes / 1e6:N0} MB"));
        using var server = new ServerProcess(
            Processor.AllButLast(1), "--objects", SourceMonth.Text(objects), "--delay", SourceMonth.Text(delay));
        using var work = new Workspace(cache);
        Contestant[] contestants =
        [
            Contestant("this, from request to unpacked bytes", "fetch", objects),
            Contestant("the SDK's GetObject alone", "get", objects),
            Contestant("this, a tenth of the objects", "fetch", fewer),
        ];
        var run = new Rounds(work.Path, CommonOptions.Say);
        _ = run.WarmUp(contestants);
        var taken = run.Run(contestants, rounds);
        result.Table(FetchTable.Of(taken, [objects, objects, fewer]));
        result.Table(FetchTable.Ratios(taken));
        if (arguments.GetValue(_wholeMonth))
        {
            TestCredentials.SetHere();
            result.Table(new WholeMonth(_common.ProductOf(arguments), server).Measure(work));
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "small-objects.md");

        Contestant Contestant(string name, string command, int count)
        {
            string[] line =
            [
                "dotnet", "exec", Places.Self, command, server.Url, SourceMonth.Text(objects), SourceMonth.Text(count),
            ];
            return new Contestant(name, 1, _ => line);
        }
    }
}
