using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local.Show;

/// <summary>
/// Finds the Parquet files that an argument names: one file, or all files below a directory or prefix.
/// </summary>
internal static class ParquetFiles
{
    private const string Suffix = ".parquet";

    /// <returns>At least one file, in the order of keys.</returns>
    /// <exception cref="AggregationException">There is no such file.</exception>
    public static async Task<(IObjectStore Store, IReadOnlyList<StoredObject> Files)> FindAsync(
        string place, S3Endpoint endpoint, CancellationToken cancellation)
    {
        bool isFile = File.Exists(place)
            || (!Directory.Exists(place) && place.EndsWith(Suffix, StringComparison.Ordinal));
        int slash = place.LastIndexOf('/');
        var (parent, name) = !isFile ? (place, "")
            : slash < 0 ? (".", place)
            : (place[..Math.Max(slash, 1)], place[(slash + 1)..]);
        var store = Place.Open(parent, endpoint);
        List<StoredObject> files = [];
        await foreach (var stored in store.ListAsync(name, cancellation))
        {
            if (isFile ? stored.Key == name : stored.Key.EndsWith(Suffix, StringComparison.Ordinal))
            {
                files.Add(stored);
            }
        }

        return files.Count > 0 ? (store, files)
            : throw new AggregationException(isFile
                ? $"{place}: there is no such file. Correct its name."
                : $"{place}: there is no file below it whose name ends in {Suffix}. Correct the directory or prefix.");
    }
}
