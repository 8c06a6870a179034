namespace CloudTrailAggregation.Benchmarks.Cold;

/// <summary>The repository's sample month of a trail, as tests/data/README.md describes it.</summary>
internal static class SampleTrail
{
    public const string Prefix = "trail/";
    public const string Month = "2024-03";
    public const long Events = 400;

    /// <summary>The directory that has it below <see cref="Prefix"/>.</summary>
    public static string Directory => Path.Combine(Places.Repository, "tests/data");
}
