using System.IO.Compression;
using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;
using CsCheck;
using Xunit;
using Xunit.Sdk;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>Nothing is dropped: from its row, each event can be rebuilt.</summary>
[Trait("Category", TestRun.Vectors)]
public sealed class RebuildTests : IDisposable
{
    private readonly RowReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void A_usual_event_is_rebuilt_from_its_row() => AssertRebuilt(EventBuilder.Usual().ToBytes());

    [Fact]
    public void Any_JSON_in_any_member_is_rebuilt_from_its_row() =>
        Gen.Select(Gen.OneOf([.. EventSchema.MemberColumns.Select(column => column.Member)]), EventGen.Value).Sample(
            (member, json) => AssertRebuilt(Encoding.UTF8.GetBytes(EventBuilder.Usual().With(member, json).ToString())),
            iter: TestRun.Iterations(3000),
            threads: 1);

    [Fact]
    public void Any_event_is_rebuilt_from_its_row() =>
        EventGen.Line.Sample(
            line => AssertRebuilt(Encoding.UTF8.GetBytes(line)), iter: TestRun.Iterations(5000), threads: 1);

    [Fact]
    public void The_odd_events_are_rebuilt_from_their_rows()
    {
        byte[][] lines = LinesOf(SharedData.Require("odd-events.ndjson.gz"));

        Assert.Equal(778, lines.Length);
        Assert.All(lines, AssertRebuilt);
    }

    [Fact]
    public void Delivered_events_are_rebuilt_from_their_rows()
    {
        string[] files = Directory.GetFiles(
            SharedData.Require("cloudtrail_daily"), "*.ndjson.gz", SearchOption.AllDirectories);
        byte[][] lines = [.. files.SelectMany(LinesOf).Where((_, number) => TestRun.RequiresAll || number % 5 == 0)];

        Assert.NotEmpty(lines);
        foreach (byte[] line in lines)
        {
            AssertRebuilt(line);
        }
    }

    /// <summary>The comparison must find whatever a row could lose.</summary>
    [Theory]
    [InlineData("{\"eventName\":\"a\"}", "event_name", "b")]
    [InlineData("{\"eventName\":\"a\"}", "event_name", null)]
    [InlineData("{\"eventName\":\"\"}", "event_name", null)]
    [InlineData("{\"eventName\":5}", "other_fields", null)]
    [InlineData("{\"eventName\":\"\\uD800\"}", "other_fields", null)]
    [InlineData("{\"eventName\":\"\\uD800\"}", "other_fields", "{\"eventName\":\"\\uD801\"}")]
    [InlineData("{\"readOnly\":false}", "read_only", null)]
    [InlineData("{\"readOnly\":false}", "read_only", true)]
    [InlineData("{\"readOnly\":\"true\"}", "other_fields", null)]
    [InlineData("{\"eventTime\":\"2024-02-29T23:59:59.000Z\"}", "other_fields", null)]
    [InlineData("{\"eventTime\":\"2024-02-29T23:59:59Z\"}", "event_time", 0L)]
    [InlineData("{\"resources\":1.0}", "resources", "1")]
    [InlineData("{\"resources\":{\"a\":1,\"a\":2}}", "resources", "{\"a\":2}")]
    [InlineData("{\"resources\":{\"a\":1,\"b\":2}}", "resources", "{\"a\":1,\"c\":2}")]
    [InlineData("{\"resources\":[1,2]}", "resources", "[2,1]")]
    [InlineData("{\"resources\":[\"a\"]}", "resources", "[\"b\"]")]
    [InlineData("{\"resources\":[null]}", "resources", "[]")]
    [InlineData("{\"a\":null}", "other_fields", null)]
    [InlineData("{\"a\":1}", "other_fields", "{\"a\":1,\"b\":2}")]
    [InlineData("{\"a\":1,\"a\":2}", "other_fields", "{\"a\":1}")]
    [InlineData("{\"a\":1}", "other_fields", "{\"a\":1,\"\\u0061\":1}")]
    [InlineData("{\"eventId\":\"a\"}", "other_fields", null)]
    [InlineData("{\"eventID\":\"a\",\"eventId\":\"b\"}", "other_fields", "{\"eventId\":\"b\"}")]
    public void A_row_that_lost_something_is_noticed(string line, string column, object? value)
    {
        var row = _reader.Read(line).ToDictionary(StringComparer.Ordinal);
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);

        row[column] = value;

        Assert.ThrowsAny<XunitException>(() => RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row));
    }

    private static byte[][] LinesOf(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var text = new StreamReader(gzip, Encoding.UTF8);
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)];
    }

    private void AssertRebuilt(byte[] line) => RebuiltEvent.AssertEqual(line, _reader.Read(line));
}
