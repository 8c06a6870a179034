using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Files of the same month in the other kind of unit: days' files where a run writes the month, a month's files where
/// it writes a day. Engines read all files of a month, so both together would count each event twice.
/// </summary>
internal static class UnitConflict
{
    /// <summary>Lists the Parquet files that a unit's files would double, by key in ordinal order.</summary>
    /// <exception cref="AggregationException">The destination cannot be listed.</exception>
    public static async Task<IReadOnlyList<string>> ListAsync(
        IObjectStore destination, Unit unit, CancellationToken cancellation)
    {
        var month = new Unit(unit.Month);
        return unit.IsDay
            ? [.. (await OutputKeys.ListAsync(
                destination, OutputKeys.ParquetPrefix(month), OutputKeys.ParquetSuffix, cancellation)).Keys]
            : [.. (await OutputKeys.ListDaysAsync(
                destination, OutputKeys.ParquetPrefix(month), OutputKeys.ParquetSuffix, cancellation))
                .Select(file => file.Key)];
    }

    /// <summary>Refuses to write a unit beside the files that it would double.</summary>
    /// <exception cref="AggregationException">There are such files.</exception>
    public static void Check(IReadOnlyList<string> keys, IObjectStore destination, Unit unit)
    {
        if (keys.Count > 0)
        {
            string more = keys.Count > 1 ? $" (and {keys.Count - 1} more)" : "";
            string what = unit.IsDay
                ? "the whole month, and this run writes a day"
                : "a day, and this run writes the whole month";
            throw new AggregationException(
                $"{destination.UriOf(keys[0])}{more}: it is a file of {what}: both together would count each event "
                + "twice. Nothing was replaced. Set UNIT=month or day (--unit) to what the month has, or change over "
                + "with \"replace\": true (--replace) for the whole month.");
        }
    }
}
