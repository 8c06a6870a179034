using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>The log files of a real trail, as CloudTrail delivered them.</summary>
public sealed class TrailFileTests
{
    [Fact]
    public async Task Every_file_has_the_records_that_JsonDocument_finds()
    {
        string trail = SharedData.Require("trail");
        string[] paths = Directory.GetFiles(trail, "*.json.gz", SearchOption.AllDirectories);
        using var chunk = new Chunk();
        long records = 0;
        foreach (string path in paths)
        {
            await using var stored = File.OpenRead(path);
            var framed = await FramedText.ReadAsync(stored, path, [chunk]);

            await using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var document = await JsonDocument.ParseAsync(
                gzip, cancellationToken: TestContext.Current.CancellationToken);
            var expected = document.RootElement.GetProperty("Records").EnumerateArray()
                .Select(element => element.GetRawText());
            var found = framed.Lines.Select(element => Encoding.UTF8.GetString(element.Text));
            Assert.True(expected.SequenceEqual(found, StringComparer.Ordinal), path);
            Assert.All(framed.Lines, element => Assert.True(element.InContainer));
            records += framed.Lines.Count;
        }

        Assert.Equal((1_443, 14_705), (paths.Length, records));
    }
}
