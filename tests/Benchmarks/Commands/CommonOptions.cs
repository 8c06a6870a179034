using System.CommandLine;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>Options of every command that measures.</summary>
internal sealed class CommonOptions
{
    public Option<DirectoryInfo> Cache { get; } = new("--cache")
    {
        Description = "Where generated months are kept; remove it when done.",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(Places.Cache),
    };

    public Option<DirectoryInfo> Results { get; } = new("--results")
    {
        Description = "Where the result is written.",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(Places.Results),
    };

    public Option<FileInfo?> Product { get; } = new("--product")
    {
        Description = "The command line, native or a .dll; by default it is published as in docs/cli.md.",
        HelpName = "FILE",
    };

    public Option<int> RoundCount { get; } = new("--rounds")
    {
        Description = "Rounds that are counted, after one that is not.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 5,
    };

    public Option<long> Events { get; } = new("--events")
    {
        Description = "Events of a generated month; 1,200,000 are 1.9 GB unpacked.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 1_200_000,
    };

    /// <summary>Prints a line of progress on stderr, because stdout has the result.</summary>
    public static void Say(string line) => Console.Error.WriteLine(line);

    /// <summary>The command line to measure; published if --product does not name one.</summary>
    public string ProductOf(ParseResult arguments) =>
        arguments.GetValue(Product)?.FullName ?? Publish(arguments.GetRequiredValue(Cache).FullName);

    private static string Publish(string cache)
    {
        Say("publishing the command line ...");
        string directory = Path.Combine(Directory.CreateDirectory(cache).FullName, "product");
        string[] command =
        [
            "dotnet", "publish", Path.Combine(Places.Repository, "Local"), "--use-current-runtime", "-o", directory,
        ];
        _ = Measured.Run(command, Path.Combine(cache, "publish.txt"));
        return Path.Combine(directory, "cloudtrail-aggregation");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(Cache);
        command.Options.Add(Results);
        command.Options.Add(Product);
        command.Options.Add(RoundCount);
        command.Options.Add(Events);
    }
}
