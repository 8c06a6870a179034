using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The files of a month: its own, or those of its days.</summary>
/// <param name="Parquet">The Parquet files in the order of their rows.</param>
/// <param name="Rejects">The reject files, in the same order.</param>
/// <param name="AreOfDays">Whether they are days' files.</param>
internal sealed record MonthFiles(
    IReadOnlyList<StoredObject> Parquet, IReadOnlyList<StoredObject> Rejects, bool AreOfDays)
{
    /// <exception cref="DifferenceException">There are files of the month and of its days.</exception>
    /// <exception cref="AggregationException">The destination cannot be listed.</exception>
    public static async Task<MonthFiles> FindAsync(
        IObjectStore destination, Month month, CancellationToken cancellation)
    {
        var unit = new Unit(month);
        var (ofMonth, ofDays) = await OutputKeys.ListMonthAsync(
            destination, OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix, cancellation);
        if (ofMonth.Count > 0 && ofDays.Count > 0)
        {
            throw new DifferenceException(
                $"{destination.UriOf(ofMonth.Keys.First())} is a file of the whole month, and "
                + $"{destination.UriOf(ofDays[0].Key)} is a file of a day: whoever reads the month counts each event "
                + "twice. Run aggregate again with --replace and the unit that you want.");
        }

        var (rejectsOfMonth, rejectsOfDays) = await OutputKeys.ListMonthAsync(
            destination, OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix, cancellation);
        return ofDays.Count > 0
            ? new MonthFiles(ofDays, rejectsOfDays, AreOfDays: true)
            : new MonthFiles([.. ofMonth.Values], [.. rejectsOfMonth.Values], AreOfDays: false);
    }

    /// <summary>The day of a file, 1 to 31; 0 for a file of the whole month.</summary>
    public static int DayOf(Month month, string key) =>
        SourceNames.DayOf(key.AsSpan(OutputKeys.ParquetPrefix(new Unit(month)).Length));
}
