using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Tests.Layers;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>The events of the repository's sample month, read without the product's code.</summary>
internal static class SampleEvents
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The eventID, eventName and userIdentity of each event, in the order of the source, without copies and bad lines.
    /// </summary>
    public static List<string[]> Read()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string daily = Path.Combine(Repository.Root, "tests/data/cloudtrail_daily");
        return [.. Directory.EnumerateFiles(daily, "*.gz", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(Lines)
            .Where(seen.Add)
            .Select(Row)
            .OfType<string[]>()];
    }

    /// <summary>One character for each byte of a line, so that invalid UTF-8 is kept.</summary>
    private static string[] Lines(string path)
    {
        using var text = new StreamReader(
            new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.Latin1);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[]? Row(string line)
    {
        try
        {
            var root = JsonElement.Parse(Utf8.GetString(Encoding.Latin1.GetBytes(line)));
            string identity = root.TryGetProperty("userIdentity", out var who) ? who.GetRawText() : "NULL";
            return [Text(root, "eventID"), Text(root, "eventName"), identity];
        }
        catch (Exception bad) when (bad is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Text(JsonElement root, string member) =>
        root.TryGetProperty(member, out var value) ? value.GetString()! : "NULL";
}
