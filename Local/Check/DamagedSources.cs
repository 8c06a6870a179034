using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// The damaged objects that the month's files leave out. The files' metadata counts them and names the first; each
/// named one, or each object if not all are named, is first read to its end.
/// </summary>
internal sealed class DamagedSources
{
    private const string CountKey = "cloudtrail_aggregation.damaged_objects_so_far";

    private const string NamesKey = "cloudtrail_aggregation.first_damaged_objects";

    private const int MaxNamed = 5;

    private readonly List<string> _found = [];
    private readonly long _expected;
    private readonly IReadOnlyList<string> _names;

    private DamagedSources(long expected, IReadOnlyList<string> names) => (_expected, _names) = (expected, names);

    /// <summary>
    /// Reads from the last file of the month, or of each of its days, how many objects it leaves out.
    /// </summary>
    /// <exception cref="DifferenceException">The metadata has no number in its place.</exception>
    public static DamagedSources Of(
        IObjectStore destination, IEnumerable<StoredObject> files, CancellationToken cancellation)
    {
        long all = 0;
        List<string> names = [];
        foreach (var unit in files.GroupBy(file => file.Key[..file.Key.LastIndexOf('/')]))
        {
            using var table = new ParquetTable(destination, unit.Last(), cancellation);
            string text = table.Metadata.GetValueOrDefault(CountKey, "0");
            all += long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
                ? count
                : throw new DifferenceException($"{table.Uri}, metadata {CountKey}: {text} is not a number.");
            names.AddRange(table.Metadata.GetValueOrDefault(NamesKey, "")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return new DamagedSources(all, names);
    }

    /// <summary>Whether the month's files leave the object out, because it is damaged.</summary>
    public async Task<bool> HasAsync(IObjectStore store, StoredObject stored, CancellationToken cancellation)
    {
        string uri = store.UriOf(stored.Key);
        bool mayBe = _expected > 0 && (_expected > _names.Count || _names.Any(name => IsName(name, stored.Key)));
        bool isDamaged = mayBe && await DamageSearch.FindsAsync(store, stored, cancellation);
        if (isDamaged)
        {
            _found.Add(uri);
        }

        return isDamaged;
    }

    /// <exception cref="DifferenceException">The month's files leave objects out.</exception>
    public void Check()
    {
        if (_expected != _found.Count)
        {
            throw new DifferenceException(
                $"The month's files leave out {_expected} damaged objects, and {_found.Count} are damaged: "
                + $"{Names()}. Run aggregate again.");
        }

        if (_expected > 0)
        {
            throw new DifferenceException(
                $"{Quantity.Of(_expected, "damaged object")} left out: {Names()}. "
                + "Every event of the remaining objects is in the month's files. "
                + "Copy or gather the damaged ones again, and run aggregate again.");
        }
    }

    private string Names() => string.Join(", ", _found.Take(MaxNamed)) + (_found.Count > MaxNamed ? ", ..." : "");

    /// <summary>
    /// Whether a name is the object's. Its root may be another one: that of a directory that was copied to S3.
    /// </summary>
    private static bool IsName(string name, string key) =>
        name.EndsWith("/" + SingleLine.Escaped(key), StringComparison.Ordinal);
}
