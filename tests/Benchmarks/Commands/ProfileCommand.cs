using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Profile;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>profile</c>: measures the steps of a run, and what limits it with many threads.</summary>
internal sealed class ProfileCommand : Command
{
    private static readonly (string Name, Func<StepTimes, TimeSpan> Of)[] Figures =
    [
        ("unpack, frame, and what is in no step", times => times.Remaining),
        ("read: records to events to columns", times => times.Reading),
        ("enter: duplicates, counts, rejects", times => times.Entering),
        ("- by the writing thread", times => times.EnteringOfWriter),
        ("encode: columns to pages", times => times.Encoding),
        ("- the longest column of each write", times => times.LongestColumns),
        ("end row groups and the file", times => times.RestOfWriting),
        ("what must follow one another", times => times.InOrder),
    ];

    private readonly CommonOptions _common = new();
    private readonly Option<int[]> _threads = new("--threads")
    {
        Description = "The numbers of threads.",
        HelpName = "COUNT",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [1, 2, 4, 6],
    };

    public ProfileCommand()
        : base("profile", "Measures the processor time of each step of a run, within this process.")
    {
        Options.Add(_common.Cache);
        Options.Add(_common.Results);
        Options.Add(_common.RoundCount);
        Options.Add(_common.Events);
        Options.Add(_threads);
        SetAction((arguments, _) => RunAsync(arguments));
    }

    private async Task RunAsync(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        int[] threads = arguments.GetRequiredValue(_threads);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        var month = GeneratedMonth.Standard(arguments.GetValue(_common.Events)).Below(cache, CommonOptions.Say);
        using var work = new Workspace(cache);
        var taken = new List<StepTimes>[threads.Length];
        for (int round = 0; round <= rounds; round++)
        {
            for (int at = 0; at < threads.Length; at++)
            {
                var times = await ProfiledRun.OfAsync(month, work.File("output"), threads[at]);
                CommonOptions.Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round,-3} threads {threads[at],-3} {times.Wall.TotalSeconds:N3} s, "
                    + $"CPU {times.All.TotalSeconds:N3} s"));

                // Round 0 is not counted.
                taken[at] = [.. round > 1 ? taken[at] : [], times];
            }
        }

        var result = new ResultFile("The steps of a run", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of all in turn, after one that is not counted; medians of processor time"));
        result.Heading(month);
        result.Table(TableOf(threads, taken));
        result.Paragraph("""
            The steps run within the benchmark's process, on .NET and not as a native program. A batch is entered while
            others are written; of these two, what takes longer must follow one another. The last line is the ratio of
            the first column's processor time to that: a run with as many threads is no faster on any number of
            processors.
            """);
        result.WriteTo(arguments.GetRequiredValue(_common.Results), "profile.md");
    }

    private static MarkdownTable TableOf(int[] threads, List<StepTimes>[] taken)
    {
        var table = new MarkdownTable(
        [
            "share of all processor time",
            .. threads.Select(count => string.Create(
                CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "thread" : "threads")}")),
        ]);
        foreach (var (name, of) in Figures)
        {
            AddRow(name, "P1", times => of(times) / times.All);
        }

        AddRow("all, seconds", "N2", times => times.All.TotalSeconds);
        AddRow("wall, seconds", "N2", times => times.Wall.TotalSeconds);
        var one = TimeSpan.FromSeconds(Ratio.Of(taken[0].Select(times => times.All.TotalSeconds)).Median);
        AddRow("at most so many times as fast", "N1", times => one / times.InOrder);
        return table;

        void AddRow(string name, string format, Func<StepTimes, double> figure) =>
            table.Add(
            [
                name,
                .. taken.Select(rounds =>
                    Ratio.Of(rounds.Select(figure)).Median.ToString(format, CultureInfo.InvariantCulture)),
            ]);
    }
}
