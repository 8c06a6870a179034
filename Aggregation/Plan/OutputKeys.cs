using System.Globalization;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// The keys that a run writes and deletes: <c>YYYY/MM/NNNNNN.parquet</c> and
/// <c>_rejected/YYYY/MM/NNNNNN.ndjson.gz</c>. A run changes no other key.
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
        var outputs = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            var name = stored.Key.AsSpan(prefix.Length);
            bool hasSuffix = name.Length == NumberDigits + suffix.Length
                && name.EndsWith(suffix, StringComparison.Ordinal);
            if (hasSuffix && !name[..NumberDigits].ContainsAnyExceptInRange('0', '9'))
            {
                outputs.Add(stored.Key, stored);
            }
        }

        return outputs;
    }

    private static string Number(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
