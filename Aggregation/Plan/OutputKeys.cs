using System.Globalization;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// The keys that a run writes and deletes: <c>YYYY/MM/NNNNNN.parquet</c> and
/// <c>_rejected/YYYY/MM/NNNNNN.ndjson.gz</c>, for a day with <c>DD/</c> in front of the number. A run changes no other
/// key.
/// </summary>
internal static class OutputKeys
{
    public const string ParquetSuffix = ".parquet";
    public const string RejectSuffix = ".ndjson.gz";

    private const int NumberDigits = 6;

    public static string ParquetPrefix(Unit unit) => unit.Prefix;

    public static string RejectPrefix(Unit unit) => "_rejected/" + unit.Prefix;

    public static string Parquet(Unit unit, int number) => ParquetPrefix(unit) + Number(number) + ParquetSuffix;

    public static string Reject(Unit unit, int number) => RejectPrefix(unit) + Number(number) + RejectSuffix;

    public static bool IsReject(Unit unit, string key) => key.StartsWith(RejectPrefix(unit), StringComparison.Ordinal);

    /// <summary>Lists the objects named <c>{prefix}NNNNNN{suffix}</c>, by key in ordinal order.</summary>
    public static async Task<IReadOnlyDictionary<string, StoredObject>> ListAsync(
        IObjectStore store, string prefix, string suffix, CancellationToken cancellation)
    {
        var (named, _) = await ListMonthAsync(store, prefix, suffix, cancellation);
        return named;
    }

    /// <summary>
    /// Lists the objects of a month's prefix named <c>{prefix}NNNNNN{suffix}</c>, and those of its days, named
    /// <c>{prefix}DD/NNNNNN{suffix}</c>, both by key in ordinal order.
    /// </summary>
    public static async Task<(IReadOnlyDictionary<string, StoredObject> OfMonth, IReadOnlyList<StoredObject> OfDays)>
        ListMonthAsync(IObjectStore store, string prefix, string suffix, CancellationToken cancellation)
    {
        List<StoredObject> ofMonth = [], ofDays = [];
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            if (IsNumber(stored.Key.AsSpan(prefix.Length), suffix))
            {
                ofMonth.Add(stored);
            }
            else if (SourceNames.DayOf(stored.Key.AsSpan(prefix.Length)) > 0
                && IsNumber(stored.Key.AsSpan(prefix.Length + SourceNames.DayLength), suffix))
            {
                ofDays.Add(stored);
            }
        }

        return (ByKey(ofMonth), ofDays);
    }

    /// <summary>The objects by key in ordinal order.</summary>
    public static IReadOnlyDictionary<string, StoredObject> ByKey(IEnumerable<StoredObject> objects) =>
        new SortedDictionary<string, StoredObject>(
            objects.ToDictionary(stored => stored.Key, StringComparer.Ordinal), StringComparer.Ordinal);

    private static bool IsNumber(ReadOnlySpan<char> name, string suffix) =>
        name.Length == NumberDigits + suffix.Length
        && name.EndsWith(suffix, StringComparison.Ordinal)
        && !name[..NumberDigits].ContainsAnyExceptInRange('0', '9');

    private static string Number(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
