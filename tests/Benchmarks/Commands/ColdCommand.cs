using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Cold;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>cold</c>: measures starts, of the published function and of the terminal tool.</summary>
internal sealed class ColdCommand : Command
{
    private readonly CommonOptions _common = new();
    private readonly Option<string[]> _functions = new("--function")
    {
        Description = "Zips that build-layers.sh made, of the function and its layer; several are compared with the "
            + "first. By default they are built, with the stand-in for AWS's packages.",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _delay = ServerOptions.Delay(0);

    public ColdCommand()
        : base(
            "cold",
            "Measures the published function from its start to its first answer, and the terminal tool from its start "
            + "to its end, over the sample month.")
    {
        Options.Add(_common.Cache);
        Options.Add(_common.Results);
        Options.Add(_common.Product);
        Options.Add(_common.RoundCount);
        Options.Add(_functions);
        Options.Add(_delay);
        _common.RoundCount.DefaultValueFactory = _ => 15;
        SetAction((arguments, _) => RunAsync(arguments));
    }

    private async Task RunAsync(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        int delay = arguments.GetValue(_delay);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        using var work = new Workspace(cache);
        string product = _common.ProductOf(arguments);
        (string Name, string Cores)[] kinds =
        [
            ("one core", Processor.Last(1)),
            (string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores"),
                Processor.Last(Environment.ProcessorCount)),
        ];
        using var server = new ServerProcess(
            Processor.AllButLast(1), "--directory", SampleTrail.Directory, "--delay", SourceMonth.Text(delay));
        var functions = new List<FunctionStart>();
        foreach (string zips in await ZipsAsync(arguments.GetRequiredValue(_functions), work))
        {
            string label = functions.Count == 0 ? "the function" : Path.GetFileName(zips);
            var installed = await InstalledFunction.UnpackAsync(zips, work.File($"installed-{functions.Count}"));
            functions.AddRange(kinds.Select(
                kind => new FunctionStart($"{label}, {kind.Name}", installed, kind.Cores, server.Url)));
        }

        Contestant[] tools =
        [
            .. kinds.Select((kind, index) => Tool(product, $"the terminal tool, {kind.Name}", index == 0 ? 1 : 2)),
        ];
        var taken = await MeasureAsync(functions, tools, rounds, work);

        var result = new ResultFile("Starts", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of all in turn, after one that is not counted; "
            + $"the sample month of tests/data/trail: {SampleTrail.Month}, {SampleTrail.Events} events in 99 objects"));
        result.Paragraph(string.Create(CultureInfo.InvariantCulture, $"""
            The function is the zip of build-layers.sh with its layer's zip, both unpacked and started by the managed
            runtime's command in a mount namespace that has them at /var/task and /opt. Its time begins with .NET's
            host. The event waits for it, and the month is in an S3 server of the benchmark's own, over loopback without
            TLS, which answers after {delay} ms. What Lambda does before the process starts (its machine, the download
            of the zips) is not in it. The terminal tool reads and writes directories; its time is that of the process.
            Without --function the function has the stand-in for AWS's Lambda packages, tests/LambdaStandIn.
            """));
        result.Table(StartTable.Of(functions, taken));
        result.Chart("cold.svg", StartTable.Chart(functions, taken));
        if (functions.Count > kinds.Length)
        {
            result.Table(StartTable.Ratios(functions, kinds.Length));
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "cold.md");
    }

    private static async Task<string[]> ZipsAsync(string[] given, Workspace work)
    {
        if (given.Length > 0)
        {
            return given;
        }

        CommonOptions.Say("building the function and its layer ...");
        string zips = work.File("zips");
        await InstalledFunction.BuildAsync(zips, LambdaMachine.Current.Architecture);
        return [zips];
    }

    private static Contestant Tool(string product, string name, int cores) => new(
        name, cores,
        output =>
        [
            .. CommandLineRun.ProgramOf(product), "aggregate", "--json", "--threads", SourceMonth.Text(cores),
            "--source", Path.Combine(SampleTrail.Directory, SampleTrail.Prefix), "--destination", output,
            "--month", SampleTrail.Month,
        ]);

    private static async Task<IReadOnlyList<Taken>> MeasureAsync(
        IReadOnlyList<FunctionStart> functions, IReadOnlyList<Contestant> tools, int rounds, Workspace work)
    {
        var run = new Rounds(work.Path, CommonOptions.Say);
        Taken[] taken = [.. tools.Select(tool => new Taken(tool, []))];
        for (int round = 0; round <= rounds; round++)
        {
            foreach (var function in functions)
            {
                var start = await function.RunAsync();
                CommonOptions.Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round,-3} {function.Name,-28} /next {start.FirstNext.TotalSeconds:N3} s, "
                    + $"answer {start.FirstAnswer.TotalSeconds:N3} s, CPU {start.Cpu.TotalSeconds:N3} s"));
                if (round > 0)
                {
                    function.Rounds.Add(start);
                }
            }

            foreach (var (all, once) in taken.Zip(run.Run(tools, rounds: 1, first: round)))
            {
                all.Rounds.AddRange(round > 0 ? once.Rounds : []);
            }
        }

        return taken;
    }
}
