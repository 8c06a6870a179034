using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

/// <summary>Tests that publish, start servers or take minutes: they run where CLOUDTRAIL_REQUIRE_ALL is 1, and there a missing tool fails them.</summary>
internal static class FullRun
{
    public const string Category = "Full";

    public static bool Asked => Environment.GetEnvironmentVariable("CLOUDTRAIL_REQUIRE_ALL") == "1";

    public static void Require() => Assert.SkipUnless(Asked, "part of the full run: set CLOUDTRAIL_REQUIRE_ALL=1");
}
