using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;

namespace CloudTrailAggregation.Local;

/// <summary>One prefix for source and destination: fine for files, but not for an Athena table over them.</summary>
internal static class SharedPrefix
{
    /// <summary>What to say about it; null where the two differ.</summary>
    public static string? Note(IObjectStore source, IObjectStore destination) => RootOf(source) == RootOf(destination)
        ? $"{destination.UriOf("")}: source and destination share this prefix. An Athena table over it cannot be read, because Athena reads everything below a partition's folder, the daily files too. For a table, give --destination a prefix that the source does not use."
        : null;

    private static string RootOf(IObjectStore store) =>
        store is DirectoryStore ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(store.UriOf(""))) : store.UriOf("");
}
