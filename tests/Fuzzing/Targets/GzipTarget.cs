using System.IO.Compression;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Tests.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Runs SourceText over complete and damaged gzip members. It must read complete members, however the bytes arrive, and
/// the text of every gzip member that it reads must have its CRC-32 and length in the file.
/// </summary>
internal sealed class GzipTarget : ITarget
{
    private const string Uri = "object.ndjson.gz";

    private static readonly CompressionLevel[] Levels = Enum.GetValues<CompressionLevel>();

    public string Name => "gzip";

    public byte[] Generate(Random dice, Corpus corpus)
    {
        var stored = new List<byte>();
        for (int members = dice.Next(1, 4); members > 0; members--)
        {
            byte[] text = corpus.Text(dice, lines: dice.Next(4));
            stored.AddRange(GzipMember.Of(text, (byte)dice.Next(32), Levels[dice.Next(Levels.Length)]));
        }

        return dice.Next(4) == 0 ? [.. stored] : Mutator.Mutate([.. stored], dice, corpus);
    }

    public void Run(byte[] input)
    {
        // Other input is plain text, which FrameTarget tests.
        input = input is [0x1F, 0x8B, ..] ? input : [0x1F, 0x8B, .. input];
        byte[]? whole = GzipOracle.TryRead(input, strict: true);
        byte[]? readable = whole ?? GzipOracle.TryRead(input, strict: false);
        byte[]?[] results =
        [
            TryRead(input, 1 << 16, int.MaxValue),
            TryRead(input, 1 + (input.Length % 300), 1 + (input.Length % 5), 1 + (input.Length % 61)),
        ];
        foreach (byte[]? text in results)
        {
            Assert.True(text is not null || whole is null, "refused, but complete");
            Assert.True(text is null || readable is not null, "read, but damaged");
            Assert.True(text is null || readable.AsSpan().SequenceEqual(text), "read, but with a different text");
        }
    }

    /// <returns>Null if the file is refused.</returns>
    private static byte[]? TryRead(byte[] stored, int bufferBytes, params int[] readSizes)
    {
        try
        {
            return ReadAsync(stored, bufferBytes, readSizes).GetAwaiter().GetResult();
        }
        catch (AggregationException refused)
        {
            Assert.StartsWith(Uri + ": ", refused.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static async Task<byte[]> ReadAsync(byte[] stored, int bufferBytes, int[] readSizes)
    {
        await using var file = new SourceText(new ChosenReads(stored, readSizes), Uri);
        using var text = new MemoryStream();
        byte[] buffer = new byte[bufferBytes];
        while (true)
        {
            if (!file.TryRead(buffer, out int read))
            {
                await file.RefillAsync(CancellationToken.None);
            }
            else if (read == 0)
            {
                return text.ToArray();
            }

            text.Write(buffer, 0, read);
        }
    }
}
