namespace CloudTrailAggregation.Tests;

/// <summary>How thorough this run is: with CLOUDTRAIL_REQUIRE_ALL=1 loops are longer and nothing may be left out.</summary>
internal static class TestRun
{
    public static readonly bool RequiresAll = Environment.GetEnvironmentVariable("CLOUDTRAIL_REQUIRE_ALL") == "1";

    /// <summary>Iterations of a loop over generated input.</summary>
    public static int Iterations(int usual) => RequiresAll ? usual * 10 : usual;
}
