using System.CommandLine;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>Options of the commands that have an S3 server.</summary>
internal static class ServerOptions
{
    public static Option<int> Delay(int standard) => new("--delay")
    {
        Description = "Milliseconds from a request to its answer.",
        HelpName = "MS",
        DefaultValueFactory = _ => standard,
    };

    public static Option<double> Bandwidth(double standard) => new("--bandwidth")
    {
        Description = "MB/s in each direction, for all connections together; 0 for no limit.",
        HelpName = "MB/S",
        DefaultValueFactory = _ => standard,
    };
}
