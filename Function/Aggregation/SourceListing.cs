using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// The objects of a month as stage 1 leaves them: below <c>YYYY/MM/DD/</c>, named .ndjson or .json, with or without
/// .gz, in ordinal order of their keys. Empty ones are skipped, other keys ignored and named.
/// </summary>
internal sealed class SourceListing
{
    private const int NamedIgnoredKeys = 5;

    private static readonly string[] Suffixes = [".ndjson", ".json", ".ndjson.gz", ".json.gz"];

    private readonly List<StoredObject> _objects = [];
    private readonly List<string> _firstIgnored = [];

    public IReadOnlyList<StoredObject> Objects => _objects;

    /// <summary>Stored bytes of all of them.</summary>
    public long Bytes { get; private set; }

    public long IgnoredKeys { get; private set; }

    public IReadOnlyList<string> FirstIgnoredKeys => _firstIgnored;

    public static async Task<SourceListing> ReadAsync(Month month, IObjectStore store, CancellationToken cancellation)
    {
        var listing = new SourceListing();
        await foreach (var stored in store.ListAsync(month.Prefix, cancellation))
        {
            listing.Add(stored, month.Prefix.Length);
        }

        return listing;
    }

    /// <summary>The day of a source, 1 to 31, from its key.</summary>
    public static int DayOf(StoredObject source) => int.Parse(source.Key.AsSpan("YYYY/MM/".Length, 2));

    /// <summary>Compares with a later listing of the same month.</summary>
    /// <exception cref="AggregationException">A source came, went or changed.</exception>
    public void CheckUnchanged(SourceListing later, IObjectStore store)
    {
        var changed = _objects.Except(later._objects).Concat(later._objects.Except(_objects)).Select(source => source.Key).ToList();
        if (changed.Count > 0)
        {
            throw new AggregationException($"{store.UriOf(changed[0])} came, went or changed while the month was read ({changed.Count} changes in the listing). Nothing was replaced; run the month again once stage 1 is done.");
        }
    }

    private void Add(StoredObject stored, int prefixLength)
    {
        var name = stored.Key.AsSpan(prefixLength);
        bool source = name.Length > 3 && name[2] == '/'
            && int.TryParse(name[..2], System.Globalization.NumberStyles.None, provider: null, out int day) && day is >= 1 and <= 31
            && Array.Exists(Suffixes, suffix => stored.Key.EndsWith(suffix, StringComparison.Ordinal));
        if (!source)
        {
            IgnoredKeys++;
            if (_firstIgnored.Count < NamedIgnoredKeys)
            {
                _firstIgnored.Add(stored.Key);
            }
        }
        else if (stored.Size > 0)
        {
            _objects.Add(stored);
            Bytes += stored.Size;
        }
    }
}
