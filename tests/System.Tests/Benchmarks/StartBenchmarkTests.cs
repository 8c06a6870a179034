using CloudTrailAggregation.Tests.EndToEnd;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.Benchmarks;

/// <summary>The benchmark of starts works with the published function. No test asserts a speed.</summary>
[Trait("Category", TestRun.Full)]
[Collection(PublishedFunctionTests.Name)]
public sealed class StartBenchmarkTests(PublishedFunction function)
{
    [Fact]
    public async Task Starts_of_the_published_function_and_of_the_terminal_tool_are_measured()
    {
        await LambdaMachine.RequireAsync();
        using var directory = new TemporaryDirectory();

        var run = await CommandLineRun.OfAsync(
            CommandLineRun.Built("tests/Benchmarks", "Benchmarks.dll"), [],
            [
                "cold", "--function", function.Zips, "--function", function.Zips, "--rounds", "1",
                "--product", CommandLineRun.File, "--cache", directory["cache"], "--results", directory["results"],
            ]);

        Assert.True(run.ExitCode == 0, run.Error);
        string[] lines = run.Output.Split('\n');
        string[] rows =
        [
            "the function, one core", "the terminal tool, one core",
            $"first answer: {Path.GetFileName(function.Zips)}, one core / the function, one core",
        ];
        Assert.All(
            rows, row => Assert.Single(lines, line => line.StartsWith($"| {row} ", StringComparison.Ordinal)));
    }
}
