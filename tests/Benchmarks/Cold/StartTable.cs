using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Cold;

/// <summary>The medians of starts, and their ratios.</summary>
internal static class StartTable
{
    /// <param name="functions">The function's starts.</param>
    /// <param name="tools">The terminal tool's runs, which end with the process.</param>
    public static MarkdownTable Of(IReadOnlyList<FunctionStart> functions, IReadOnlyList<Taken> tools)
    {
        var table = new MarkdownTable(
            "median of the rounds", "to the first /next, s", "to the first answer or the end, s", "CPU, s",
            "peak memory, MB");
        foreach (var one in functions)
        {
            table.Add(
                one.Name,
                Median(one.Rounds, start => start.FirstNext.TotalSeconds, 3),
                Median(one.Rounds, start => start.FirstAnswer.TotalSeconds, 3),
                Median(one.Rounds, start => start.Cpu.TotalSeconds, 3),
                Median(one.Rounds, start => start.PeakBytes / 1e6, 0));
        }

        foreach (var one in tools)
        {
            table.Add(
                one.Contestant.Name, "",
                Median(one.Rounds, usage => usage.Wall.TotalSeconds, 3),
                Median(one.Rounds, usage => usage.Cpu.TotalSeconds, 3),
                Median(one.Rounds, usage => usage.PeakBytes / 1e6, 0));
        }

        return table;
    }

    /// <summary>The times of <see cref="Of"/>.</summary>
    public static BarChart Chart(IReadOnlyList<FunctionStart> functions, IReadOnlyList<Taken> tools)
    {
        var chart = new BarChart("The times of starts");
        chart.Panel(
            "From the start to the first /next, s (median of the rounds)",
            Bars(function => function.Rounds.Select(start => start.FirstNext.TotalSeconds)), digits: 3);
        chart.Panel(
            "From the start to the first answer, or to the process's end, s (median of the rounds)",
            [
                .. Bars(function => function.Rounds.Select(start => start.FirstAnswer.TotalSeconds)),
                .. tools.Select(tool => new Bar(
                    tool.Contestant.Name, Ratio.Of(tool.Rounds.Select(usage => usage.Wall.TotalSeconds)).Median)),
            ],
            digits: 3);
        return chart;

        Bar[] Bars(Func<FunctionStart, IEnumerable<double>> seconds) =>
            [.. functions.Select(function => new Bar(function.Name, Ratio.Of(seconds(function)).Median))];
    }

    /// <summary>Each function's figures to those of the first one on the same cores, in the same round.</summary>
    /// <param name="functions">The functions in the order of --function, each on the same lists of cores.</param>
    /// <param name="kinds">The number of lists of cores.</param>
    public static MarkdownTable Ratios(IReadOnlyList<FunctionStart> functions, int kinds)
    {
        var table = new MarkdownTable("ratio of the same round's figures", "median", "min", "max");
        for (int index = kinds; index < functions.Count; index++)
        {
            var (over, under) = (functions[index], functions[index % kinds]);
            Add("first /next", start => start.FirstNext.TotalSeconds);
            Add("first answer", start => start.FirstAnswer.TotalSeconds);
            Add("CPU", start => start.Cpu.TotalSeconds);

            void Add(string figure, Func<StartTimes, double> of)
            {
                var ratio = Ratio.Of(over.Rounds.Zip(under.Rounds, (dividend, divisor) => of(dividend) / of(divisor)));
                table.Add(
                    $"{figure}: {over.Name} / {under.Name}",
                    Number(ratio.Median, 2), Number(ratio.Min, 2), Number(ratio.Max, 2));
            }
        }

        return table;
    }

    private static string Median<T>(IEnumerable<T> rounds, Func<T, double> figure, int digits) =>
        Number(Ratio.Of(rounds.Select(figure)).Median, digits);

    private static string Number(double value, int digits) =>
        value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
