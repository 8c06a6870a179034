using System.CommandLine;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Benchmarks.SmallObjects;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>s3-server</c>, which the benchmarks start as a separate process.</summary>
internal sealed class ServerCommand : Command
{
    private readonly Option<DirectoryInfo?> _directory = new("--directory")
    {
        Description = "Serve the files below this directory.",
        HelpName = "DIR",
    };

    private readonly Option<int> _objects = new("--objects")
    {
        Description = "Without --directory: serve so many made-up objects, a month of a trail.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 100_000,
    };

    private readonly Option<int> _delay = ServerOptions.Delay(0);
    private readonly Option<double> _bandwidth = ServerOptions.Bandwidth(0);

    public ServerCommand()
        : base("s3-server", "Serves a bucket to read and takes uploads, until it is ended.")
    {
        Options.Add(_directory);
        Options.Add(_objects);
        Options.Add(_delay);
        Options.Add(_bandwidth);
        SetAction((arguments, _) => Server(arguments).RunAsync(Console.Out.WriteLine));
    }

    private ObjectServer Server(ParseResult arguments)
    {
        IServedObjects source = arguments.GetValue(_directory) is { } directory
            ? StoredObjects.Below(directory.FullName)
            : new MadeUpTrail(arguments.GetValue(_objects));
        var delay = TimeSpan.FromMilliseconds(arguments.GetValue(_delay));
        return new ObjectServer(source, delay, arguments.GetValue(_bandwidth) * 1e6);
    }
}
