namespace CloudTrailAggregation.Tests;

/// <summary>The repository that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its root directory.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CloudTrailAggregation.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run from below the repository's root.");
        return directory.FullName;
    }
}
