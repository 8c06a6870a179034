using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Warns of one prefix for source and destination: the files are fine, but Athena cannot read a table over them.
/// </summary>
internal static class SharedPrefix
{
    /// <summary>The warning; null if the prefixes differ.</summary>
    public static string? Note(IObjectStore source, IObjectStore destination) => RootOf(source) == RootOf(destination)
        ? $"{destination.UriOf("")}: source and destination share this prefix. An Athena table over it cannot be read,"
            + " because Athena reads everything below a partition's folder, the daily files too."
            + " For a table, give --destination a prefix that the source does not use."
        : null;

    private static string RootOf(IObjectStore store) =>
        store is DirectoryStore
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(store.UriOf("")))
            : store.UriOf("");
}
