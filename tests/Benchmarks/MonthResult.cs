using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>The ratios between the contestants of one month.</summary>
/// <param name="taken">
/// Seven contestants in this order: gunzip; this tool, DuckDB at its fastest and with its defaults on one thread; the
/// same three on two threads.
/// </param>
internal sealed class MonthResult(IReadOnlyList<Taken> taken)
{
    /// <summary>Time and memory of all of them.</summary>
    /// <param name="month">The month's description.</param>
    public BarChart Chart(string month)
    {
        var chart = new BarChart($"{month}: time and peak memory of each contestant");
        chart.Panel("Wall time, s (median of the rounds)", Bars(usage => usage.Wall.TotalSeconds), digits: 2);
        chart.Panel("Peak memory, MB (median of the rounds)", Bars(usage => usage.PeakBytes / 1e6), digits: 0);
        return chart;
    }

    public MarkdownTable Ratios()
    {
        var unpack = taken[0];
        var table = new MarkdownTable("ratio of the same round's figures", "median", "min", "max", "target");
        void Add(string name, Taken over, Taken under, Func<Usage, double> figure, string target)
        {
            var ratio = Ratio.Of(over, under, figure);
            table.Add(name, Number(ratio.Median), Number(ratio.Min), Number(ratio.Max), target);
        }

        static double Wall(Usage usage) => usage.Wall.TotalSeconds;
        static double Cpu(Usage usage) => usage.Cpu.TotalSeconds;
        static double Peak(Usage usage) => usage.PeakBytes;
        Add("wall: this / gunzip", taken[1], unpack, Wall, "at most 3.5");
        Add("CPU: this / gunzip", taken[1], unpack, Cpu, "");
        (Taken Ours, Taken[] Rivals, string Target)[] pairs =
        [
            (taken[1], [taken[2], taken[3]], "at least 2.5"),
            (taken[4], [taken[5], taken[6]], "at least 2"),
        ];
        foreach (var (ours, rivals, target) in pairs)
        {
            foreach (var rival in rivals)
            {
                string name = rival.Contestant.Name;
                Add($"wall: {name} / this", rival, ours, Wall, target);
                Add($"CPU: {name} / this", rival, ours, Cpu, "");
                Add($"peak memory: this / {name}", ours, rival, Peak, "at most 0.33");
                double size = (double)ours.OutputBytes / rival.OutputBytes;
                table.Add(
                    $"file: this / {name}", size.ToString("N3", CultureInfo.InvariantCulture), "", "", "at most 1");
            }
        }

        return table;
    }

    private Bar[] Bars(Func<Usage, double> figure) =>
        [.. taken.Select(one => new Bar(one.Contestant.Name, Ratio.Of(one.Rounds.Select(figure)).Median))];

    private static string Number(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}
