using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs RecordFraming over a plain text, in reads of odd sizes. Its lines must be those of the oracle, with their
/// numbers.
/// </summary>
internal sealed class FrameTarget : ITarget, IDisposable
{
    /// <summary>
    /// One input in 3,000 is longer than a record may be, because it takes as long as thousands of short inputs.
    /// </summary>
    private const int HugeOneIn = 3_000;

    private readonly Chunk[] _chunks = [new(), new()];

    public string Name => "frame";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] text = Mutator.Mutate(corpus.Text(dice, lines: dice.Next(12)), dice, corpus);
        return dice.Next(HugeOneIn) == 0
            ? Mutator.Stretch(text, dice, RecordFraming.MaxRecordBytes + dice.Next(-5, 2 << 20))
            : text;
    }

    public void Run(byte[] input)
    {
        if (input is [0x1F, 0x8B, ..] or [0x1F])
        {
            // GzipTarget tests gzip.
            return;
        }

        var expected = LineOracle.Split(input);
        int[] sizes = [1 + (input.Length % 7), 1 + (input.Length % 97), int.MaxValue];
        List<FramedLine> framed;
        try
        {
            var reads = new ChosenReads(input, sizes);
            framed = FramedText.ReadAsync(reads, "text.ndjson", _chunks).GetAwaiter().GetResult().Lines;
        }
        catch (AggregationException refused)
            when (LineOracle.MayHoldContainer(input) && refused.Message.Contains("stage 1", StringComparison.Ordinal))
        {
            return;
        }

        Assert.Equal(
            expected.Select(line => (line.Number, line.Text.Length)),
            framed.Select(line => (line.Number, line.Text.Length)));
        Assert.All(expected.Zip(framed), pair => Assert.True(
            pair.First.Text.AsSpan().SequenceEqual(pair.Second.Text), $"line {pair.First.Number} differs"));
    }

    public void Dispose() => Array.ForEach(_chunks, chunk => chunk.Dispose());
}
