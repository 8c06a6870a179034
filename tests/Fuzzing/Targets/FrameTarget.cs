using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>RecordFraming over a plain text, in reads of odd sizes: the lines are those of the oracle, number by number.</summary>
internal sealed class FrameTarget : ITarget, IDisposable
{
    /// <summary>One input in so many is longer than a line may be: it takes as long as thousands of others.</summary>
    private const int HugeOneIn = 3_000;

    private readonly Chunk[] _chunks = [new(), new()];

    public string Name => "frame";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] text = Mutator.Mutate(corpus.Text(dice, lines: dice.Next(12)), dice, corpus);
        return dice.Next(HugeOneIn) == 0 ? Mutator.Stretch(text, dice, RecordFraming.MaxRecordBytes + dice.Next(-5, 2 << 20)) : text;
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
        List<FramedLine> framed;
        try
        {
            framed = FramedText.ReadAsync(new ChosenReads(input, sizes), "text.ndjson", _chunks).GetAwaiter().GetResult().Lines;
        }
        catch (AggregationException refused) when (LineOracle.MayHoldContainer(input) && refused.Message.Contains("stage 1", StringComparison.Ordinal))
        {
            return;
        }

        Assert.Equal(expected.Select(line => (line.Number, line.Text.Length)), framed.Select(line => (line.Number, line.Text.Length)));
        Assert.All(expected.Zip(framed), pair => Assert.True(pair.First.Text.AsSpan().SequenceEqual(pair.Second.Text), $"line {pair.First.Number} is another"));
    }

    public void Dispose() => Array.ForEach(_chunks, chunk => chunk.Dispose());
}
