using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>Explains to the operator what the file system refused.</summary>
internal static class DirectoryError
{
    // .NET reports EFBIG (a file larger than the file system or ulimit -f allows) as this parameter out of range.
    private const string TooLargeParameter = "value";

    /// <summary>Whether the failure comes from the file system and not from a mistake in this code.</summary>
    public static bool IsFileSystemFailure(Exception e) => e
        is IOException
        or UnauthorizedAccessException
        or ArgumentOutOfRangeException { ParamName: TooLargeParameter };

    /// <param name="path">The file or directory.</param>
    /// <param name="attempted">What was attempted, as a participle: "read", "written".</param>
    /// <param name="e">The failure.</param>
    public static AggregationException Of(string path, string attempted, Exception e) => e switch
    {
        AggregationException known => known,
        UnauthorizedAccessException => new(
            $"{path}: it cannot be {attempted}: {e.Message} Give the user that runs this access to it.", e),
        _ => new($"{path}: it cannot be {attempted}: {e.Message}", e),
    };

    public static AggregationException InvalidKey(string root, string key) =>
        new($"{root}: '{key}' cannot be a file in it. Use names that do not start with '.', separated by '/'.");

    public static AggregationException NotUtf8(string path) =>
        new($"{path}: its name is not valid UTF-8. Rename it.");
}
