using CloudTrailAggregation.Fuzzing.Targets;
using SharpFuzz;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>Fuzzing led by coverage: AFL++ sees through SharpFuzz which branches of the product an input took.</summary>
internal static class Coverage
{
    /// <summary>Rewrites a built product so that it reports its branches. Not the one that this process has loaded.</summary>
    public static void Instrument(string assembly) =>
        Fuzzer.Instrument(assembly, type => type.StartsWith("CloudTrailAggregation.", StringComparison.Ordinal), Options.Value);

    /// <summary>Answers afl-fuzz, which gives the inputs, until it ends the process.</summary>
    /// <param name="make">Makes the target: not before the memory is there into which instrumented code reports.</param>
    public static void Run(Func<ITarget> make)
    {
        var target = new Lazy<ITarget>(make);
        Fuzzer.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Value.Run(input.ToArray());
        });
    }
}
