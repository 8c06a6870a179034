using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Commit;

/// <summary>Whether a month has a file that was written after the month ended. Looking for it writes nothing.</summary>
/// <param name="Month">The month as <c>YYYY-MM</c>.</param>
/// <param name="IsWritten">Whether the file exists and was written after the month ended (UTC).</param>
/// <param name="File">The URI of the month's first file, or of the latest of its days' files; null if there is none.
/// </param>
/// <param name="Modified">When that file was written; null if there is none.</param>
public sealed record WrittenMonth(string Month, bool IsWritten, string? File, DateTimeOffset? Modified)
{
    /// <summary>
    /// How long after a month a run of it is due: a schedule on the 1st and its retries have ended by the 3rd.
    /// </summary>
    private const int DaysAfter = 2;

    /// <summary>
    /// The last month whose run is due: from the 3rd on the month before, until then the one before that.
    /// </summary>
    /// <param name="now">The present time.</param>
    public static Month LastDue(DateTimeOffset now) =>
        Plan.Month.Of(Plan.Month.Of(now.AddDays(-DaysAfter)).Start.AddDays(-1));

    /// <summary>Looks for a month's file.</summary>
    /// <param name="destination">The store that has the Parquet files.</param>
    /// <param name="unit">The month.</param>
    /// <param name="cancellation">Ends the listing.</param>
    /// <exception cref="AggregationException">The destination cannot be listed.</exception>
    public static async Task<WrittenMonth> LookAsync(
        IObjectStore destination, Unit unit, CancellationToken cancellation)
    {
        var (files, ofDays) = await OutputKeys.ListMonthAsync(
            destination, OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix, cancellation);
        var latest = files.TryGetValue(OutputKeys.Parquet(unit, 0), out var first)
            ? first
            : ofDays.OrderBy(file => file.Modified).LastOrDefault();
        return latest.Key is null
            ? new WrittenMonth(unit.ToString(), IsWritten: false, File: null, Modified: null)
            : new WrittenMonth(
                unit.ToString(), latest.Modified >= unit.End, destination.UriOf(latest.Key), latest.Modified);
    }
}
