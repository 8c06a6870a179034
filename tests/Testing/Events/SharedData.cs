using Xunit;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>Real and odd events, which are not in the repository: beside it in ../shared/data, or where CLOUDTRAIL_DATA says.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or directory of it; without it the test is skipped and says so.</summary>
    public static string Require(string name)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("CLOUDTRAIL_DATA") ?? Repository.File("..", "shared", "data"), name);

        // Also where nothing may be left out: it is not ours to hand on, so nobody else could have it.
        Assert.SkipUnless(Path.Exists(path), $"{Path.GetFullPath(path)} is not here: set CLOUDTRAIL_DATA to the directory that holds {name}");
        return path;
    }
}
