using System.Text;
using CloudTrailAggregation.CloudTrail;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Lines at and beyond the limit; in directories only, for no store knows of lines.</summary>
public sealed class LongLineTests() : MonthTest(new DirectoryMonthStores())
{
    private const string Around = "{\"requestParameters\":\"\"}";

    [Fact]
    public async Task A_line_of_16_MiB_is_an_event_and_a_longer_one_is_kept_whole_as_base64()
    {
        string[] tooLong = [EventOf(LineReader.MaxLineBytes + 1), EventOf(LineReader.MaxLineBytes + 6), EventOf((33 << 20) + 7), EventOf((17 << 20) + 1)];
        await PutAsync("2024/02/01/000000.ndjson.gz",
            Event("before"), "\uFEFF" + EventOf(LineReader.MaxLineBytes) + "\r", tooLong[0], "", tooLong[1] + "\r", "\uFEFF" + tooLong[2], Event("after"));
        await PutTextAsync("2024/02/02/000000.ndjson", tooLong[3] + "\r"); // no final newline

        var result = await RunAsync();

        Assert.Equal(["before", null, "after"], Ids(result.Rows));
        Assert.Equal(LineReader.MaxLineBytes - Around.Length + 2, ((string)result.Rows[1]["request_parameters"]!).Length);
        Assert.Equal([3, 5, 6, 1], result.Rejects.Select(reject => reject.Line));
        Assert.All(result.Rejects, reject => Assert.Equal("is longer than 16 MiB", reject.Error));
        Assert.All(result.Rejects, reject => Assert.True(reject.AsBase64));
        Assert.All(result.Rejects.Zip(tooLong), pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(pair.Second))));
    }

    [Fact]
    public async Task A_file_as_CloudTrail_delivers_it_may_be_longer_than_a_line()
    {
        const string Key = "2024/02/02/123_CloudTrail_eu-west-1_20240202T0000Z_x.json.gz";
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(500));
        await PutTextAsync(Key, $$"""{"Records":[{{EventOf(LineReader.MaxLineBytes)}}]}""");

        var failure = await FailsAsync();

        Assert.StartsWith(Source.UriOf(Key), failure.Message, StringComparison.Ordinal);
        Assert.Contains("stage 1", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>An event of as many bytes.</summary>
    private static string EventOf(int bytes) => Around.Insert(Around.Length - 2, new string('x', bytes - Around.Length));
}
