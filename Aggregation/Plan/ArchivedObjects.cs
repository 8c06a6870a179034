using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>Objects that cannot be read before they are restored: named before anything is read.</summary>
internal static class ArchivedObjects
{
    private const int Named = 3;

    /// <exception cref="AggregationException">Sources are archived; the first few are named, with their number.</exception>
    public static void CheckSources(IReadOnlyList<StoredObject> sources, IObjectStore store, Unit unit)
    {
        int archived = sources.Count(source => source.IsArchived);
        if (archived > 0)
        {
            var first = sources.Where(source => source.IsArchived).Take(Named).Select(source => source.Key);
            throw new AggregationException($"{store.UriOf(unit.Prefix)}: {archived} of {sources.Count} source objects are archived (GLACIER or DEEP_ARCHIVE): {string.Join(", ", first)}{(archived > Named ? ", ..." : "")}. Nothing was read. Restore them first (aws s3api restore-object), and start again once that is done.");
        }
    }

    /// <exception cref="AggregationException">An output of an earlier run is archived.</exception>
    public static void CheckStanding(IEnumerable<StoredObject> files, IObjectStore store)
    {
        foreach (var file in files.Where(file => file.IsArchived))
        {
            throw StandingAt(store.UriOf(file.Key));
        }
    }

    /// <summary>An output of an earlier run whose footer cannot be read, so that nothing tells whether the month would shrink.</summary>
    public static AggregationException StandingAt(string uri, Exception? e = null) =>
        new($"{uri}: it is archived, so what it holds is not known. Nothing was replaced. Restore it first (aws s3api restore-object), or say \"replace\": true (--replace) to replace it.", e);
}
