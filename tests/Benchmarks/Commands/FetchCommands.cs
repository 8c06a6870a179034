using System.CommandLine;
using CloudTrailAggregation.Benchmarks.SmallObjects;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>The commands that <see cref="SmallObjectsCommand"/> starts as separate processes.</summary>
internal static class FetchCommands
{
    public static Command Fetch() =>
        Of("fetch", "Fetches and unpacks made-up objects as the tool does.", fetching => fetching.UnpackAsync());

    public static Command Get() =>
        Of("get", "Fetches made-up objects with the SDK alone.", fetching => fetching.GetAsync());

    private static Command Of(string name, string description, Func<Fetching, Task<long>> fetch)
    {
        var url = new Argument<string>("url");
        var objects = new Argument<int>("objects");
        var count = new Argument<int>("count");
        var command = new Command(name, description) { url, objects, count };
        command.SetAction(async (arguments, _) =>
        {
            var trail = new MadeUpTrail(arguments.GetValue(objects));
            var fetching = new Fetching(arguments.GetRequiredValue(url), trail, arguments.GetValue(count));
            await Console.Out.WriteLineAsync($"{await fetch(fetching)} bytes");
        });
        return command;
    }
}
