using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>What earlier runs have written, as a run of one unit finds it.</summary>
/// <param name="Parquet">The unit's Parquet files, by key in ordinal order.</param>
/// <param name="Rejects">The unit's reject files, by key in ordinal order.</param>
/// <param name="Conflicts">
/// The Parquet files of the same month in the other kind of unit, by key in ordinal order: days' files where a run
/// writes the month, a month's files where it writes a day. Engines read all files of a month, so both together would
/// count each event twice.
/// </param>
internal sealed record WrittenFiles(
    IReadOnlyDictionary<string, StoredObject> Parquet,
    IReadOnlyDictionary<string, StoredObject> Rejects,
    IReadOnlyList<string> Conflicts)
{
    /// <summary>
    /// Lists the Parquet files and then the rejects, which every commit writes first: a run that sees another's Parquet
    /// file sees its rejects, too.
    /// </summary>
    /// <exception cref="AggregationException">The destination cannot be listed.</exception>
    public static async Task<WrittenFiles> ListAsync(
        IObjectStore destination, Unit unit, CancellationToken cancellation)
    {
        var (parquet, conflicts) = await ListParquetAsync(destination, unit, cancellation);
        var rejects = await OutputKeys.ListAsync(
            destination, OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix, cancellation);
        return new WrittenFiles(parquet, rejects, conflicts);
    }

    /// <summary>Lists <see cref="Conflicts"/> alone.</summary>
    /// <exception cref="AggregationException">The destination cannot be listed.</exception>
    public static async Task<IReadOnlyList<string>> ListConflictsAsync(
        IObjectStore destination, Unit unit, CancellationToken cancellation) =>
        (await ListParquetAsync(destination, unit, cancellation)).Conflicts;

    /// <summary>Refuses to write a unit beside the files that it would double.</summary>
    /// <exception cref="AggregationException">There are such files.</exception>
    public static void RequireNone(IReadOnlyList<string> conflicts, IObjectStore destination, Unit unit)
    {
        if (conflicts.Count > 0)
        {
            string more = conflicts.Count > 1 ? $" (and {conflicts.Count - 1} more)" : "";
            string what = unit.IsDay
                ? "the whole month, and this run writes a day"
                : "a day, and this run writes the whole month";
            throw new AggregationException(
                $"{destination.UriOf(conflicts[0])}{more}: it is a file of {what}: both together would count each "
                + "event twice. Nothing was replaced. Set UNIT=month or day (--unit) to what the month has, or change "
                + "over with \"replace\": true (--replace) for the whole month.");
        }
    }

    private static async Task<(IReadOnlyDictionary<string, StoredObject> OfUnit, IReadOnlyList<string> Conflicts)>
        ListParquetAsync(IObjectStore destination, Unit unit, CancellationToken cancellation)
    {
        var (ofMonth, ofDays) = await OutputKeys.ListMonthAsync(
            destination, OutputKeys.ParquetPrefix(new Unit(unit.Month)), OutputKeys.ParquetSuffix, cancellation);
        return unit.IsDay
            ? (OutputKeys.ByKey(ofDays.Where(file => file.Key.StartsWith(unit.Prefix, StringComparison.Ordinal))),
                [.. ofMonth.Keys])
            : (ofMonth, [.. ofDays.Select(file => file.Key)]);
    }
}
