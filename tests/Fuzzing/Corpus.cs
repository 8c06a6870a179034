using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Tests.Events;
using CsCheck;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>Valid lines to start from: generated ones, a usual event, and those of the sample month.</summary>
internal sealed class Corpus
{
    private static readonly string[] LineEnds = ["\n", "\n", "\n", "\r\n", "\n\n", "\n \t\n", "\n\uFEFF"];

    private readonly List<byte[]> _lines = [EventBuilder.Usual().ToBytes(), "{}"u8.ToArray()];

    /// <param name="directory">Its .ndjson.gz files are read; it may be missing.</param>
    public Corpus(string directory)
    {
        foreach (string path in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.ndjson.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(3) : [])
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var text = new MemoryStream();
            gzip.CopyTo(text);
            _lines.AddRange(Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(100).Select(Encoding.UTF8.GetBytes));
        }
    }

    /// <summary>A valid event, mostly a generated one.</summary>
    public byte[] Line(Random dice) => dice.Next(4) == 0
        ? _lines[dice.Next(_lines.Count)]
        : Encoding.UTF8.GetBytes(EventGen.Line.Generate(new PCG((uint)dice.Next(), (ulong)dice.NextInt64()), min: null, out _));

    /// <summary>Valid events, some twice, with the line ends and blank lines that files have.</summary>
    public byte[] Text(Random dice, int lines)
    {
        var text = new MemoryStream();
        byte[] line = [];
        for (; lines > 0; lines--)
        {
            line = line.Length > 0 && dice.Next(6) == 0 ? line : Line(dice);
            text.Write(line);
            text.Write(Encoding.UTF8.GetBytes(lines == 1 && dice.Next(3) == 0 ? "" : LineEnds[dice.Next(LineEnds.Length)]));
        }

        return text.ToArray();
    }
}
