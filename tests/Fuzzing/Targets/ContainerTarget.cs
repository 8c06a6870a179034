using System.Text.Json;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs RecordFraming over containers in every form, as <see cref="FrameTarget"/> does over lines, and ResumableScanner
/// over the same text in pieces at the edge of guarded memory. Utf8JsonReader must find the same end of the text's
/// first value, or the same damage.
/// </summary>
internal sealed unsafe class ContainerTarget : FrameTarget
{
    /// <summary>One input in 100 is longer than a chunk, and one in 5,000 longer than a record may be.</summary>
    private const int LongOneIn = 100, HugeOneIn = 5_000;

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private readonly GuardedLine _guarded = new();

    public override string Name => "container";

    public override byte[] Generate(Random dice, Corpus corpus)
    {
        byte[] text = Mutator.Mutate(corpus.Containers(dice, containers: dice.Next(1, 4)), dice, corpus);
        return dice.Next(HugeOneIn) == 0
                ? Mutator.Stretch(text, dice, RecordFraming.MaxRecordBytes + dice.Next(-5, 2 << 20))
            : dice.Next(LongOneIn) == 0
                ? Mutator.Stretch(text, dice, Chunk.TypicalBytes + dice.Next(text.Length + 1))
            : text;
    }

    public override void Run(byte[] input)
    {
        base.Run(input);

        // In an array, because Utf8JsonReader also checks what follows a number that is not in one.
        byte[] value = [(byte)'[', .. input, (byte)']'];
        Assert.Equal(LengthOf(value), Follow(value, new Random(input.Length)));
    }

    public override void Dispose()
    {
        _guarded.Dispose();
        base.Dispose();
    }

    private static int? LengthOf(byte[] text)
    {
        var json = new Utf8JsonReader(text, AnyDepth);
        try
        {
            json.Read();
            json.Skip();
            return (int)json.BytesConsumed;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private int? Follow(byte[] text, Random dice)
    {
        var scanner = new ResumableScanner();
        scanner.Start();
        for (int at = 0, cut = 0; cut < text.Length;)
        {
            cut = Math.Min(text.Length, cut + dice.Next(1, dice.Next(4) == 0 ? 4_000 : 9));
            byte* start = _guarded.Put(text.AsSpan(at, cut - at), end: 0);
            byte* next = scanner.Follow(start, start + (cut - at));
            if (next == null)
            {
                return null;
            }

            at += (int)(next - start);
            if (scanner.IsComplete)
            {
                return at;
            }
        }

        return null;
    }
}
