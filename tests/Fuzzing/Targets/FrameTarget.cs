using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs RecordFraming over a plain text, in reads of odd sizes. Its lines and elements must be those of the oracle,
/// with their numbers, and it must find a text damaged where the oracle does.
/// </summary>
internal class FrameTarget : ITarget, IDisposable
{
    /// <summary>
    /// One input in 3,000 is longer than a record may be, because it takes as long as thousands of short inputs.
    /// </summary>
    private const int HugeOneIn = 3_000;

    private readonly Chunk[] _chunks = [new(), new()];

    public virtual string Name => "frame";

    public virtual byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] text = Mutator.Mutate(corpus.Text(dice, lines: dice.Next(12)), dice, corpus);
        return dice.Next(HugeOneIn) == 0
            ? Mutator.Stretch(text, dice, RecordFraming.MaxRecordBytes + dice.Next(-5, 2 << 20))
            : text;
    }

    public virtual void Run(byte[] input)
    {
        if (input is [0x1F, 0x8B, ..] or [0x1F])
        {
            // GzipTarget tests gzip.
            return;
        }

        var expected = FramingOracle.Split(input);
        var framed = Frame(input);
        Assert.True(
            expected.IsDamaged == (framed is null), framed is null ? "damaged, but not for the oracle" : "not damaged");
        if (framed is not null)
        {
            Assert.Equal(
                expected.Lines.Select(line => (line.InContainer, line.Number, line.Text.Length)),
                framed.Select(line => (line.InContainer, line.Number, line.Text.Length)));
            Assert.All(expected.Lines.Zip(framed), pair => Assert.True(
                pair.First.Text.AsSpan().SequenceEqual(pair.Second.Text), $"line {pair.First.Number} differs"));
        }
    }

    public virtual void Dispose()
    {
        Array.ForEach(_chunks, chunk => chunk.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <returns>Null if the text is damaged.</returns>
    private List<FramedLine>? Frame(byte[] input)
    {
        try
        {
            var reads = new ChosenReads(input, 1 + (input.Length % 7), 1 + (input.Length % 97), int.MaxValue);
            return FramedText.ReadAsync(reads, "text.ndjson", _chunks).GetAwaiter().GetResult().Lines;
        }
        catch (DamagedObjectException)
        {
            return null;
        }
    }
}
