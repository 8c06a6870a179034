using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>LineReader over a plain text, in reads of odd sizes: the lines are those of the oracle, number by number.</summary>
internal sealed class FrameTarget : ITarget, IDisposable
{
    /// <summary>One input in so many is longer than a line may be: it takes as long as thousands of others.</summary>
    private const int HugeOneIn = 3_000;

    private readonly Chunk[] _chunks = [new(), new()];

    public string Name => "frame";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] text = Mutator.Mutate(corpus.Text(dice, lines: dice.Next(12)), dice, corpus);
        return dice.Next(HugeOneIn) == 0 ? Mutator.Stretch(text, dice, LineReader.MaxLineBytes + dice.Next(-5, 2 << 20)) : text;
    }

    public void Run(byte[] input)
    {
        if (input is [0x1F, 0x8B, ..] or [0x1F])
        {
            // Gzip, or the beginning of it: another target's.
            return;
        }

        var expected = LineOracle.Split(input);
        int[] sizes = [1 + (input.Length % 7), 1 + (input.Length % 97), int.MaxValue];
        var framed = FrameAsync(input, sizes).AsTask().GetAwaiter().GetResult();

        Assert.Equal(expected.Select(line => (line.Number, line.Text.Length)), framed.Select(line => (line.Number, line.Text.Length)));
        Assert.All(expected.Zip(framed), pair => Assert.True(pair.First.Text.AsSpan().SequenceEqual(pair.Second.Text), $"line {pair.First.Number} is another"));
    }

    public void Dispose() => Array.ForEach(_chunks, chunk => chunk.Dispose());

    private async ValueTask<List<FramedLine>> FrameAsync(byte[] text, int[] readSizes)
    {
        await using var file = new LogFile(new ChosenReads(text, readSizes), "text.ndjson");
        var reader = new LineReader(file);
        var lines = new List<FramedLine>();
        using var longLine = new MemoryStream();
        for (int turn = 0; await reader.FillAsync(_chunks[turn % 2], CancellationToken.None); turn++)
        {
            Add(_chunks[turn % 2], lines, longLine);
        }

        return lines;
    }

    private static void Add(Chunk chunk, List<FramedLine> lines, MemoryStream longLine)
    {
        if (chunk.Content == ChunkContent.Lines)
        {
            foreach (var line in chunk.Lines)
            {
                lines.Add(new FramedLine(line.Number, line.Text.ToArray()));
            }

            return;
        }

        longLine.Write(chunk.Text);
        if (chunk.Content == ChunkContent.EndOfLongLine)
        {
            byte[] line = longLine.ToArray();
            line = LineOracle.Trim(line is [.., (byte)'\n'] ? line[..^1] : line);
            Assert.True(line.Length > LineReader.MaxLineBytes, "a line came in parts that is not longer than the limit");
            lines.Add(new FramedLine(chunk.FirstLineNumber, line));
            longLine.SetLength(0);
        }
    }
}
