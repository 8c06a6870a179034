namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>A ratio of two contestants, round by round: its median, and the smallest and largest of the rounds.</summary>
internal readonly record struct Ratio(double Median, double Min, double Max)
{
    /// <summary>Each round's figure of the one over the same round's of the other.</summary>
    public static Ratio Of(Taken over, Taken under, Func<Usage, double> figure) =>
        Of(over.Rounds.Zip(under.Rounds, (one, other) => figure(one) / figure(other)));

    public static Ratio Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Ratio(median, sorted[0], sorted[^1]);
    }
}
