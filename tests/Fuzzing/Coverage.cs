using CloudTrailAggregation.Fuzzing.Targets;
using SharpFuzz;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>Coverage-guided fuzzing: SharpFuzz reports to AFL++ which branches of the product an input took.</summary>
internal static class Coverage
{
    /// <summary>
    /// Rewrites a built product to report its branches. This process must not have loaded that assembly.
    /// </summary>
    public static void Instrument(string assembly) =>
        Fuzzer.Instrument(
            assembly, type => type.StartsWith("CloudTrailAggregation.", StringComparison.Ordinal), Options.Value);

    /// <summary>Runs the inputs of afl-fuzz until afl-fuzz ends the process.</summary>
    /// <param name="make">
    /// Makes the target. It is called after Fuzzer.Run has created the memory that instrumented code reports to.
    /// </param>
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
