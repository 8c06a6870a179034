using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A line of a reject file, read by System.Text.Json: the place of the record, why it is not an event, its bytes.
/// </summary>
/// <param name="Source">The object.</param>
/// <param name="Line">The number of its line, or of the element of a container.</param>
/// <param name="Error">Why it is not an event.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="AsBase64">Whether they are kept as base64.</param>
/// <param name="InContainer">Whether it is an element of a container.</param>
public sealed record KeptReject(
    string Source, long Line, string Error, byte[] Bytes, bool AsBase64, bool InContainer = false)
{
    public static IReadOnlyList<KeptReject> Parse(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        var text = new MemoryStream();
        gzip.CopyTo(text);
        if (text.Length == 0)
        {
            return [];
        }

        Assert.Equal((byte)'\n', text.GetBuffer()[text.Length - 1]);
        return [.. Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length - 1).Split('\n').Select(Parse)];
    }

    private static KeptReject Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        string[] names = [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
        bool asBase64 = names[^1] == "base64";
        bool inContainer = names[1] == "record";
        Assert.Equal(["source", inContainer ? "record" : "line", "error", asBase64 ? "base64" : "text"], names);
        var last = document.RootElement.GetProperty(names[^1]);
        return new KeptReject(
            document.RootElement.GetProperty("source").GetString()!,
            document.RootElement.GetProperty(names[1]).GetInt64(),
            document.RootElement.GetProperty("error").GetString()!,
            asBase64 ? last.GetBytesFromBase64() : Encoding.UTF8.GetBytes(last.GetString()!),
            asBase64,
            inContainer);
    }
}
