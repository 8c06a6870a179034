using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>What one contestant used in each round.</summary>
internal sealed record Taken(Contestant Contestant, List<Usage> Rounds)
{
    /// <summary>The size of the Parquet files that it wrote; 0 if it writes none.</summary>
    public long OutputBytes { get; set; }
}

/// <summary>Runs contestants one after the other, round after round: A B C A B C ...</summary>
/// <param name="work">A directory for the output of the contestants.</param>
/// <param name="say">Receives a line for each run.</param>
internal sealed class Rounds(string work, Action<string> say)
{
    /// <summary>
    /// Runs each contestant once, not counted, to load the source into the page cache. The output is kept.
    /// </summary>
    /// <returns>The directory of each contestant's output.</returns>
    public IReadOnlyList<string> WarmUp(IReadOnlyList<Contestant> contestants) =>
        [.. contestants.Select((contestant, index) =>
        {
            string output = Path.Combine(work, string.Create(CultureInfo.InvariantCulture, $"first-{index}"));
            _ = Run(contestant, output, "warm-up");
            return output;
        })];

    /// <summary>Runs each contestant once in each round. The first round has the number that its lines say.</summary>
    public IReadOnlyList<Taken> Run(IReadOnlyList<Contestant> contestants, int rounds, int first = 1)
    {
        Taken[] taken = [.. contestants.Select(contestant => new Taken(contestant, []))];
        string output = Path.Combine(work, "round");
        for (int round = first; round < first + rounds; round++)
        {
            foreach (var one in taken)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"round {round}");
                one.Rounds.Add(Run(one.Contestant, output, name));
                one.OutputBytes = ParquetBytes(output);

                // Deleting also drops pages not yet written to the disk, which would slow the next contestant down.
                Directory.Delete(output, recursive: true);
            }
        }

        return taken;
    }

    private static long ParquetBytes(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*.parquet", SearchOption.AllDirectories).Sum(file => file.Length);

    private Usage Run(Contestant contestant, string output, string round)
    {
        Directory.CreateDirectory(output);
        var usage = Measured.Run(contestant.Pinned(output), Path.Combine(work, "output.txt"));
        say(string.Create(CultureInfo.InvariantCulture,
            $"{round,-9} {contestant.Name,-24} {usage.Wall.TotalSeconds,7:N2} s, CPU {usage.Cpu.TotalSeconds,7:N2} s, "
            + $"{usage.PeakBytes / 1e6,6:N0} MB"));
        return usage;
    }
}
