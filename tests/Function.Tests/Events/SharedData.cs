using Xunit;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>Real and odd events, which are not in the repository: beside it in ../shared/data, or where CLOUDTRAIL_DATA says.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or directory of it; without it the test is skipped and says so.</summary>
    public static string Require(string name)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("CLOUDTRAIL_DATA") ?? Path.Combine(Root(), "..", "shared", "data"), name);
        bool found = Path.Exists(path);
        string reason = $"{Path.GetFullPath(path)} is not here: set CLOUDTRAIL_DATA to the directory that holds {name}";
        Assert.True(found || !TestRun.RequiresAll, reason);
        Assert.SkipUnless(found, reason);
        return path;
    }

    private static string Root()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "CloudTrailAggregation.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? AppContext.BaseDirectory;
    }
}
