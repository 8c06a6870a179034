using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Refuses archived objects, which cannot be read before they are restored, before the run reads anything.
/// </summary>
internal static class ArchivedObjects
{
    private const int MaxNamed = 3;

    /// <exception cref="AggregationException">
    /// At least one source is archived. The message has their number and names the first three.
    /// </exception>
    public static void CheckSources(SourceListing sources)
    {
        if (sources.Archived > 0)
        {
            throw ArchivedSources(sources.Where, sources.Archived, sources.Count, sources.Objects);
        }
    }

    /// <inheritdoc cref="CheckSources(SourceListing)"/>
    public static void CheckSources(IReadOnlyList<StoredObject> sources, IObjectStore store, Unit unit)
    {
        int archived = sources.Count(source => source.IsArchived);
        if (archived > 0)
        {
            throw ArchivedSources(store.UriOf(unit.Prefix), archived, sources.Count, sources);
        }
    }

    /// <exception cref="AggregationException">An output of an earlier run is archived.</exception>
    public static void CheckOutputs(IEnumerable<StoredObject> files, IObjectStore store)
    {
        foreach (var file in files.Where(file => file.IsArchived))
        {
            throw ArchivedOutput(store.UriOf(file.Key));
        }
    }

    /// <summary>
    /// Makes the error for an archived output of an earlier run: its footer cannot be read, so the run cannot tell
    /// whether the month would shrink.
    /// </summary>
    public static AggregationException ArchivedOutput(string uri, Exception? cause = null) =>
        new($"{uri}: it is archived, so what it holds is not known. Nothing was replaced. "
            + "Restore it first (aws s3api restore-object), or say \"replace\": true (--replace) to replace it.",
            cause);

    private static AggregationException ArchivedSources(
        string where, int archived, int all, IEnumerable<StoredObject> sources)
    {
        var first = sources.Where(source => source.IsArchived).Take(MaxNamed).Select(source => source.Key);
        return new AggregationException(
            $"{where}: {archived} of {all} source objects are archived "
            + $"(GLACIER or DEEP_ARCHIVE): {string.Join(", ", first)}{(archived > MaxNamed ? ", ..." : "")}. "
            + "Nothing was read. "
            + "Restore them first (aws s3api restore-object), and start again once that is done.");
    }
}
