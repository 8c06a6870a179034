using Xunit;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// Real and odd events that are not in the repository: they are in ../shared/data or in CLOUDTRAIL_DATA.
/// </summary>
internal static class SharedData
{
    /// <summary>The path of one of its files or directories. Skips the test if it does not exist.</summary>
    public static string Require(string name)
    {
        string path = Path.Combine(
            Environment.GetEnvironmentVariable("CLOUDTRAIL_DATA") ?? Repository.File("..", "shared", "data"), name);

        // Skips even with CLOUDTRAIL_REQUIRE_ALL=1, because this data must not be published.
        Assert.SkipUnless(
            Path.Exists(path),
            $"{Path.GetFullPath(path)} does not exist. Set CLOUDTRAIL_DATA to the directory that holds {name}.");
        return path;
    }
}
