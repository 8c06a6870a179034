using System.IO.Compression;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.SampleData;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Benchmarks.Kernels;

/// <summary>Events of a generated month in memory: packed, as text, and in chunks.</summary>
internal static class KernelMonth
{
    /// <summary>About 32 MB of lines, which is more than the processor's caches hold.</summary>
    public const int Events = 20_000;

    private static readonly byte[] Lines = Generate();

    public static byte[] Text => Lines;

    /// <summary>The same events in containers of 500, as CloudTrail delivers them.</summary>
    public static byte[] Containers { get; } = Contain();

    public static byte[] Packed { get; } = Pack();

    public static SourceText Open(byte[] stored) => new(new MemoryStream(stored), "memory");

    /// <summary>The text, cut into chunks.</summary>
    public static async Task<Chunk[]> ChunksAsync()
    {
        await using var file = Open(Text);
        var framing = new RecordFraming(file);
        var chunks = new List<Chunk>();
        while (true)
        {
            var chunk = new Chunk();
            if (!await framing.FillAsync(chunk, CancellationToken.None))
            {
                chunk.Dispose();
                return [.. chunks];
            }

            chunks.Add(chunk);
        }
    }

    private static byte[] Generate()
    {
        var text = new MemoryStream();
        foreach (var line in new SampleMonth(new SampleArguments(new DateOnly(2024, 2, 1), Events)).Lines())
        {
            text.Write(line.Bytes.Span);
            text.WriteByte((byte)'\n');
        }

        return text.ToArray();
    }

    private static byte[] Contain()
    {
        const int EventsOfContainer = 500;
        var text = new MemoryStream();
        int events = 0;
        foreach (var line in Lines.AsSpan().TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            text.Write(events++ % EventsOfContainer == 0 ? "{\"Records\":["u8 : ","u8);
            text.Write(Lines.AsSpan()[line]);
            text.Write(events % EventsOfContainer == 0 || events == Events ? "]}\n"u8 : []);
        }

        return text.ToArray();
    }

    private static byte[] Pack()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Text);
        }

        return packed.ToArray();
    }
}
