using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Warns of a source and a destination that do not go together: the files are fine, but what else reads them is not.
/// </summary>
internal static class SharedPrefix
{
    /// <summary>The warning; null if there is none.</summary>
    public static string? Note(IObjectStore source, IObjectStore destination, SourceLayout layout)
    {
        string place = destination.UriOf("");
        bool isShared = source.Root == destination.Root;
        return layout == SourceLayout.Daily
            ? isShared
                ? $"{place}: source and destination share this prefix. An Athena table over it cannot be read,"
                    + " because Athena reads everything below a partition's folder, the daily files too."
                    + " For a table, give --destination a prefix that the source does not use."
                : null
            : destination.Root.Contains("/AWSLogs/", StringComparison.Ordinal)
                ? $"{place}: the destination is in a trail's folder AWSLogs/. What reads that folder as log files finds"
                    + " Parquet files there. Give --destination a prefix outside of AWSLogs/."
            : isShared
                ? $"{place}: source and destination share this prefix. It now has a trail and years, so the next run"
                    + " cannot tell the layout: say --layout trail, or give --destination another prefix."
            : null;
    }
}
