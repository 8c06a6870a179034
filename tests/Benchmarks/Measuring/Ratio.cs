namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>A ratio of two contestants in the same round: the median, minimum and maximum of all rounds.</summary>
internal readonly record struct Ratio(double Median, double Min, double Max)
{
    /// <summary>
    /// The ratios of a figure of <paramref name="over"/> to the same round's figure of <paramref name="under"/>.
    /// </summary>
    public static Ratio Of(Taken over, Taken under, Func<Usage, double> figure) =>
        Of(over.Rounds.Zip(under.Rounds, (dividend, divisor) => figure(dividend) / figure(divisor)));

    public static Ratio Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Ratio(median, sorted[0], sorted[^1]);
    }
}
