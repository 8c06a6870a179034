using System.Globalization;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// The keys that a run writes and clears: <c>YYYY/MM/NNNNNN.parquet</c> and
/// <c>_rejected/YYYY/MM/NNNNNN.ndjson.gz</c>. Nothing else is ever touched.
/// </summary>
internal static class OutputKeys
{
    public const string ParquetSuffix = ".parquet";
    public const string RejectSuffix = ".ndjson.gz";

    private const int NumberDigits = 6;

    public static string ParquetPrefix(Month month) => month.Prefix;

    public static string RejectPrefix(Month month) => "_rejected/" + month.Prefix;

    public static string Parquet(Month month, int number) => ParquetPrefix(month) + Number(number) + ParquetSuffix;

    public static string Reject(Month month, int number) => RejectPrefix(month) + Number(number) + RejectSuffix;

    public static bool IsReject(Month month, string key) => key.StartsWith(RejectPrefix(month), StringComparison.Ordinal);

    /// <summary>The objects below the prefix whose names are of this scheme.</summary>
    public static async Task<IReadOnlyDictionary<string, StoredObject>> ListAsync(
        IObjectStore store, string prefix, string suffix, CancellationToken cancellation)
    {
        var outputs = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var stored in store.ListAsync(prefix, cancellation))
        {
            var name = stored.Key.AsSpan(prefix.Length);
            if (name.Length == NumberDigits + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
                && !name[..NumberDigits].ContainsAnyExceptInRange('0', '9'))
            {
                outputs.Add(stored.Key, stored);
            }
        }

        return outputs;
    }

    private static string Number(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
