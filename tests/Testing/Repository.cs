namespace CloudTrailAggregation.Tests;

/// <summary>The repository's files, found from the directory of the tests.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null
            && !System.IO.File.Exists(Path.Combine(directory.FullName, "CloudTrailAggregation.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName
            ?? throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is not below the repository");
    }
}
