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

    private static readonly string[] ContainerStarts =
        ["{\"Records\":[", "{\"Records\":[", " { \"Records\" : [", "{\n\"Records\"\r\n:\n[", "\uFEFF{\"Records\":["];

    private static readonly string[] ContainerEnds = ["", "\n", "\r\n", " \n\n", "\n\uFEFF"];

    private static readonly string[] Commas = [",", ",", ", ", " ,\n", "\r\n,"];

    private static readonly string[] Values =
    [
        "{}", "[]", "null", "true", "0", "-1.5e+3", "\"\"", "\"\\\"\"", "[[],{}]", "{\"Records\":[{}]}",
        "{\"Records\":[]}",
    ];

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

    /// <summary>Containers in every form, several in a row, and lines between them.</summary>
    public byte[] Containers(Random dice, int containers)
    {
        var text = new MemoryStream();
        for (; containers > 0; containers--)
        {
            byte[] container = Container(dice);
            text.Write(dice.Next(3) == 0 ? Pretty(container, dice) : container);
            text.Write(Encoding.UTF8.GetBytes(ContainerEnds[dice.Next(ContainerEnds.Length)]));
            if (dice.Next(5) == 0)
            {
                text.Write(Text(dice, lines: 2));
            }
        }

        return text.ToArray();
    }

    private byte[] Container(Random dice)
    {
        var text = new MemoryStream();
        bool isArray = dice.Next(3) == 0;
        text.Write(Encoding.UTF8.GetBytes(isArray ? "[" : ContainerStarts[dice.Next(ContainerStarts.Length)]));
        for (int left = dice.Next(6); left > 0; left--)
        {
            text.Write(dice.Next(4) == 0 ? Encoding.UTF8.GetBytes(Values[dice.Next(Values.Length)]) : Line(dice));
            text.Write(left == 1 ? [] : Encoding.UTF8.GetBytes(Commas[dice.Next(Commas.Length)]));
        }

        text.Write(isArray ? "]"u8 : dice.Next(2) == 0 ? "]}"u8 : " ]\r\n }"u8);
        return text.ToArray();
    }

    /// <summary>Breaks lines where JSON has a bracket, brace or comma outside of a string.</summary>
    private static byte[] Pretty(byte[] json, Random dice)
    {
        string lineEnd = dice.Next(2) == 0 ? "\n" : "\r\n";
        byte[] indent = Encoding.ASCII.GetBytes(lineEnd + new string(' ', dice.Next(3)));
        var pretty = new MemoryStream();
        bool inString = false;
        for (int at = 0; at < json.Length; at++)
        {
            inString ^= json[at] == '"' && (at == 0 || json[at - 1] != '\\');
            bool isToken = !inString && "[]{},"u8.Contains(json[at]);
            pretty.Write(isToken && json[at] is (byte)']' or (byte)'}' ? indent : []);
            pretty.WriteByte(json[at]);
            pretty.Write(isToken && json[at] is (byte)'[' or (byte)'{' or (byte)',' ? indent : []);
        }

        return pretty.ToArray();
    }
}
