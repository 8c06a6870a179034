using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>The keys in a unit's folder that are not sources.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="First">The first five, in ordinal order.</param>
public sealed record IgnoredKeys(long Count, IReadOnlyList<string> First);

/// <summary>
/// The source objects of a unit as stage 1 writes them: below <c>YYYY/MM/DD/</c>, named .ndjson or .json, with or
/// without .gz, in ordinal order of their keys. Skips empty objects, and counts and names any other key.
/// </summary>
internal sealed class SourceListing
{
    private const int MaxNamedKeys = 5;

    private static readonly string[] Suffixes = [".ndjson", ".json", ".ndjson.gz", ".json.gz"];

    private readonly IObjectStore _store;
    private readonly List<StoredObject> _objects = [];
    private readonly List<string> _firstIgnored = [];
    private long _ignored;

    private SourceListing(IObjectStore store) => _store = store;

    /// <summary>The objects, in ordinal order of their keys.</summary>
    public IReadOnlyList<StoredObject> Objects => _objects;

    /// <summary>How many objects there are.</summary>
    public int Count => _objects.Count;

    /// <summary>The stored bytes of all objects together.</summary>
    public long Bytes { get; private set; }

    /// <summary>The day of each object, 1 to 31.</summary>
    public IEnumerable<int> Days => _objects.Select(DayOf);

    /// <summary>The keys below the unit's folder that are not sources.</summary>
    public IgnoredKeys Ignored => new(_ignored, _firstIgnored);

    /// <summary>The object at a place in the order, from 0.</summary>
    public SourceObject this[int place] =>
        new(_objects[place], place, _store.UriOf(_objects[place].Key), DayOf(_objects[place]));

    /// <summary>Lists a unit's sources.</summary>
    /// <exception cref="AggregationException">The store cannot be listed.</exception>
    public static async Task<SourceListing> ReadAsync(Unit unit, IObjectStore store, CancellationToken cancellation)
    {
        var listing = new SourceListing(store);
        await foreach (var stored in store.ListAsync(unit.Prefix, cancellation))
        {
            listing.Add(stored, unit.Prefix.Length);
        }

        return listing;
    }

    /// <summary>Compares this listing with a later one of the same unit.</summary>
    /// <exception cref="AggregationException">A source came, went or changed between the two.</exception>
    public void CheckUnchanged(SourceListing later)
    {
        var changed = _objects.Except(later._objects).Concat(later._objects.Except(_objects)).ToList();
        if (changed.Count > 0)
        {
            throw new AggregationException(
                $"{_store.UriOf(changed[0].Key)}: it came, went or changed while the month was read "
                + $"({changed.Count} changes in the listing). Nothing was replaced. "
                + "Run the month again once stage 1 is done.");
        }
    }

    private static int DayOf(StoredObject source) => int.Parse(source.Key.AsSpan("YYYY/MM/".Length, "DD".Length));

    private void Add(StoredObject stored, int prefixLength)
    {
        var name = stored.Key.AsSpan(prefixLength);
        bool isSource = name.Length > 3 && name[2] == '/'
            && int.TryParse(name[..2], NumberStyles.None, provider: null, out int day) && day is >= 1 and <= 31
            && Array.Exists(Suffixes, suffix => stored.Key.EndsWith(suffix, StringComparison.Ordinal));
        if (!isSource)
        {
            _ignored++;
            if (_firstIgnored.Count < MaxNamedKeys)
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
