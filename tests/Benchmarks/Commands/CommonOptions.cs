using System.CommandLine;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>Options of every command that measures.</summary>
internal sealed class CommonOptions
{
    public Option<DirectoryInfo> Cache { get; } = new("--cache")
    {
        Description = "Where generated months are kept; remove it when done.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo(Places.Cache),
    };

    public Option<DirectoryInfo> Results { get; } = new("--results")
    {
        Description = "Where the result is written.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo(Places.Results),
    };

    public Option<FileInfo> Product { get; } = new("--product")
    {
        Description = "Another build of the command line, cloudtrail-aggregation.dll.", HelpName = "FILE", DefaultValueFactory = _ => new FileInfo(Places.Product),
    };

    public Option<int> RoundCount { get; } = new("--rounds")
    {
        Description = "Rounds that are counted, after one that is not.", HelpName = "COUNT", DefaultValueFactory = _ => 5,
    };

    public Option<long> Events { get; } = new("--events")
    {
        Description = "Events of a generated month; 1,200,000 are 1.9 GB unpacked.", HelpName = "COUNT", DefaultValueFactory = _ => 1_200_000,
    };

    /// <summary>How far it is, beside the result.</summary>
    public static void Say(string line) => Console.Error.WriteLine(line);

    public void AddTo(Command command)
    {
        command.Options.Add(Cache);
        command.Options.Add(Results);
        command.Options.Add(Product);
        command.Options.Add(RoundCount);
        command.Options.Add(Events);
    }
}
