namespace CloudTrailAggregation.Benchmarks;

/// <summary>Where things are.</summary>
internal static class Places
{
    /// <summary>The repository, found from where this program is built.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>This program.</summary>
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

        return directory?.FullName ?? throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not below the repository");
    }
}
