namespace CloudTrailAggregation.SampleData;

/// <summary>
/// Spreads <c>total</c> things evenly over <c>places</c> places (both below 2^31), exactly and without state.
/// </summary>
internal static class Spread
{
    /// <summary>The number of things before the place.</summary>
    public static long Before(long place, long total, long places) => place * total / places;

    /// <summary>The number of things at the place.</summary>
    public static long At(long place, long total, long places) =>
        Before(place + 1, total, places) - Before(place, total, places);
}
