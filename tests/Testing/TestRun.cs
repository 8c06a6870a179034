using Xunit;

namespace CloudTrailAggregation.Tests;

/// <summary>
/// How thorough this run is. With CLOUDTRAIL_REQUIRE_ALL=1, which tests/run.sh sets, loops are longer, the tests that
/// publish, start servers or take minutes run too, and a missing tool fails a test instead of skipping it.
/// </summary>
internal static class TestRun
{
    /// <summary>The trait of the tests that take long.</summary>
    public const string Full = "Full";

    /// <summary>The trait of tests whose result could depend on the width of the processor's vectors.</summary>
    public const string Vectors = "Vectors";

    /// <summary>
    /// The trait of tests that run the command line as a process, which may be the native program: see
    /// <see cref="Local.CommandLineRun.NativeProgram"/>.
    /// </summary>
    public const string CommandLine = "CommandLine";

    public static readonly bool RequiresAll = Environment.GetEnvironmentVariable("CLOUDTRAIL_REQUIRE_ALL") == "1";

    /// <summary>Iterations of a loop over generated input.</summary>
    public static int Iterations(int usual) => RequiresAll ? usual * 10 : usual;

    /// <summary>
    /// Rounds of a test that acts at a random moment (kills, races). CLOUDTRAIL_ROUNDS multiplies them for a long run.
    /// </summary>
    public static int Rounds(int usual) => usual * int.Parse(
        Environment.GetEnvironmentVariable("CLOUDTRAIL_ROUNDS") ?? "1",
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A random sequence whose seed is in the test's output; CLOUDTRAIL_SEED sets the seed.</summary>
    public static Random Chance()
    {
        int seed = int.Parse(
            Environment.GetEnvironmentVariable("CLOUDTRAIL_SEED") ?? $"{Random.Shared.Next()}",
            System.Globalization.CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"CLOUDTRAIL_SEED={seed}");
        return new Random(seed);
    }

    /// <summary>Skips a test that lacks something it needs, or fails it if CLOUDTRAIL_REQUIRE_ALL=1.</summary>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="missing">What is missing, as a sentence.</param>
    public static void Needs(bool isThere, string missing)
    {
        Assert.False(RequiresAll && !isThere, missing);
        Assert.SkipUnless(isThere, missing);
    }

    /// <summary>Skips a test that takes long, unless CLOUDTRAIL_REQUIRE_ALL=1.</summary>
    public static void RequireFull() =>
        Assert.SkipUnless(RequiresAll, "Part of the full run: set CLOUDTRAIL_REQUIRE_ALL=1.");
}
