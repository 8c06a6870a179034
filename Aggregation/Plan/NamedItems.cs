namespace CloudTrailAggregation.Plan;

/// <summary>A number of items, with the names of the first few.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="First">The first names, in ordinal order.</param>
public sealed record NamedItems(long Count, IReadOnlyList<string> First)
{
    /// <summary>Counts distinct names and keeps the first of them.</summary>
    internal static NamedItems Of(IEnumerable<string> names, int max)
    {
        var distinct = new SortedSet<string>(names, StringComparer.Ordinal);
        return new NamedItems(distinct.Count, [.. distinct.Take(max)]);
    }
}
