namespace CloudTrailAggregation.Plan;

/// <summary>
/// Lists several prefixes at a time. A listing is a request that waits, so what is bounded is how many wait together.
/// </summary>
internal static class Listings
{
    /// <summary>
    /// With 32 listings of 50 ms each at a time, 500 accounts with 17 regions each take about 15 s.
    /// </summary>
    private const int AtATime = 32;

    /// <returns>The results in the order of the items.</returns>
    /// <exception cref="Exception">The first failure; listings that still wait are cancelled.</exception>
    public static async Task<TResult[]> EachAsync<T, TResult>(
        IReadOnlyList<T> items, Func<T, CancellationToken, Task<TResult>> list, CancellationToken cancellation)
    {
        var results = new TResult[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation };
        await Parallel.ForAsync(0, items.Count, options, async (number, stop) =>
            results[number] = await list(items[number], stop));
        return results;
    }
}
