using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Tests.Events;
using CsCheck;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>Valid lines to start from: generated events, a typical event, and lines of the sample month.</summary>
internal sealed class Corpus
{
    private const int MaxFiles = 3;
    private const int MaxLinesOfFile = 100;

    private static readonly string[] LineEnds = ["\n", "\n", "\n", "\r\n", "\n\n", "\n \t\n", "\n\uFEFF"];

    private readonly List<byte[]> _lines = [EventBuilder.Usual().ToBytes(), "{}"u8.ToArray()];

    /// <param name="directory">The directory whose .ndjson.gz files are read; it may be missing.</param>
    public Corpus(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        string[] files = Directory.GetFiles(directory, "*.ndjson.gz", SearchOption.AllDirectories);
        foreach (string path in files.Order(StringComparer.Ordinal).Take(MaxFiles))
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var text = new MemoryStream();
            gzip.CopyTo(text);
            string[] lines = Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            _lines.AddRange(lines.Take(MaxLinesOfFile).Select(Encoding.UTF8.GetBytes));
        }
    }

    /// <summary>A valid event; three of four are generated.</summary>
    public byte[] Line(Random dice) => dice.Next(4) == 0
        ? _lines[dice.Next(_lines.Count)]
        : Encoding.UTF8.GetBytes(
            EventGen.Line.Generate(new PCG((uint)dice.Next(), (ulong)dice.NextInt64()), min: null, out _));

    /// <summary>Valid events, with duplicates, and with the line ends and blank lines that files have.</summary>
    public byte[] Text(Random dice, int lines)
    {
        var text = new MemoryStream();
        byte[] line = [];
        for (; lines > 0; lines--)
        {
            line = line.Length > 0 && dice.Next(6) == 0 ? line : Line(dice);
            text.Write(line);
            string end = lines == 1 && dice.Next(3) == 0 ? "" : LineEnds[dice.Next(LineEnds.Length)];
            text.Write(Encoding.UTF8.GetBytes(end));
        }

        return text.ToArray();
    }
}
