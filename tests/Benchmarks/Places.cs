namespace CloudTrailAggregation.Benchmarks;

/// <summary>The paths of the repository, the results and the cache.</summary>
internal static class Places
{
    /// <summary>The repository, found from the directory of this program.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The assembly of this program.</summary>
    public static string Self => Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll");

    /// <summary>The results in the repository.</summary>
    public static string Results => Path.Combine(Repository, "tests/Benchmarks/results");

    /// <summary>Where generated months stay until somebody removes them.</summary>
    public static string Cache => Path.Combine(Path.GetTempPath(), "cloudtrail-benchmarks");

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "CloudTrailAggregation.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException(
            $"{AppContext.BaseDirectory}: it is not below the repository. Run the benchmarks where they were built.");
    }
}
