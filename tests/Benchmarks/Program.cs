using System.CommandLine;
using CloudTrailAggregation.Benchmarks.Commands;

var benchmarks = new RootCommand("Measures the aggregation of a month. Without a command: month.")
{
    new MonthCommand(), new LinearCommand(), new DuckDbSettingsCommand(),
    new QueriesCommand(), new EncodingsCommand(), new KernelsCommand(), new SmallObjectsCommand(),
    new ColdCommand(), new S3Command(), new BuildsCommand(), new ProfileCommand(),
    ContestantCommands.DuckDb(), ContestantCommands.Unpack(), ContestantCommands.Compare(),
    new ServerCommand(), FetchCommands.Fetch(), FetchCommands.Get(),
};

bool hasCommand = args is [var first, ..]
    && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");
return benchmarks.Parse(hasCommand ? args : ["month", .. args]).Invoke();
