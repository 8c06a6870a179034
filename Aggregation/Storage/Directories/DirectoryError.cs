using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.Directories;

/// <summary>What the file system refused, as the operator reads it.</summary>
internal static class DirectoryError
{
    /// <summary>Whether the failure comes from the file system and not from a mistake in this code.</summary>
    public static bool IsOne(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: FileTooLarge };

    // .NET's word for EFBIG: a file larger than the file system or a limit (ulimit -f) allows.
    private const string FileTooLarge = "value";

    public static AggregationException Of(string path, string attempted, Exception e) => e switch
    {
        AggregationException known => known,
        UnauthorizedAccessException => new($"{path}: it cannot be {attempted}: {e.Message} Give the user that runs this access to it.", e),
        _ => new($"{path}: it cannot be {attempted}: {e.Message}", e),
    };

    public static AggregationException NotAKey(string root, string key) =>
        new($"{root}: '{key}' cannot be a file in it: each part between '/' must be a name that does not start with '.'.");

    public static AggregationException NotUtf8(string path) =>
        new($"{path}: its name is not valid UTF-8. Rename it.");
}
