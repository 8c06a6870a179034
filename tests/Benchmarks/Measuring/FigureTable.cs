using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>The median of each contestant's rounds.</summary>
internal static class FigureTable
{
    public static MarkdownTable Of(IReadOnlyList<Taken> taken)
    {
        var table = new MarkdownTable("median of the rounds", "wall, s", "CPU, s", "peak memory, MB", "file, MB");
        foreach (var one in taken)
        {
            double Median(Func<Usage, double> figure) => Ratio.Of(one.Rounds.Select(figure)).Median;
            table.Add(
                one.Contestant.Name,
                Number(Median(usage => usage.Wall.TotalSeconds), 2),
                Number(Median(usage => usage.Cpu.TotalSeconds), 2),
                Number(Median(usage => usage.PeakBytes / 1e6), 0),
                one.OutputBytes == 0 ? "" : Number(one.OutputBytes / 1e6, 1));
        }

        return table;
    }

    private static string Number(double value, int digits) =>
        value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
