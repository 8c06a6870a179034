using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>Figures for each object, and the ratios that have a target.</summary>
internal static class FetchTable
{
    public static MarkdownTable Of(IReadOnlyList<Taken> taken, IReadOnlyList<int> objects)
    {
        var table = new MarkdownTable(
            "median of the rounds", "objects", "objects/s", "CPU for each, µs", "peak memory, MB");
        foreach (var (one, count) in taken.Zip(objects))
        {
            double Median(Func<Usage, double> figure) => Ratio.Of(one.Rounds.Select(figure)).Median;
            table.Add(
                one.Contestant.Name,
                Number(count, 0),
                Number(Median(usage => count / usage.Wall.TotalSeconds), 0),
                Number(Median(usage => usage.Cpu.TotalMicroseconds / count), 0),
                Number(Median(usage => usage.PeakBytes / 1e6), 0));
        }

        return table;
    }

    /// <param name="taken">This tool, the SDK alone, this tool with a tenth of the objects.</param>
    public static MarkdownTable Ratios(IReadOnlyList<Taken> taken)
    {
        var table = new MarkdownTable("ratio of the same round", "median", "min", "max", "target");
        Add(
            "CPU for each object: this / the SDK alone", usage => usage.Cpu / TimeSpan.FromSeconds(1), 1,
            "at most 1.15");
        Add("peak memory: this / this, a tenth of the objects", usage => usage.PeakBytes, 2, "1");
        return table;

        void Add(string name, Func<Usage, double> figure, int under, string target)
        {
            var ratio = Ratio.Of(taken[0], taken[under], figure);
            table.Add(name, Number(ratio.Median, 2), Number(ratio.Min, 2), Number(ratio.Max, 2), target);
        }
    }

    private static string Number(double value, int digits) =>
        value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
