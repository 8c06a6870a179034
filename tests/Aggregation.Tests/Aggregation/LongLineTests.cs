using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Records at and beyond the limit; in directories only, because stores do not depend on records.</summary>
public sealed class LongLineTests() : MonthTest(new DirectoryMonthStores())
{
    private const string Around = "{\"eventID\":\"\"}";
    private const int Limit = RecordFraming.MaxRecordBytes;

    [Fact]
    public async Task A_record_of_16_MiB_is_an_event_and_a_longer_one_is_kept_whole_as_base64()
    {
        string[] rejects =
        [
            EventOf(Limit + 1), EventOf(Limit + 6) + "\r", "\uFEFF" + EventOf((33 << 20) + 7),
            EventOf((17 << 20) + 1) + "\r",
        ];
        await PutAsync("2024/02/01/000000.ndjson.gz",
            Event("before"), "\uFEFF" + EventOf(Limit) + "\r", rejects[0], "", rejects[1], rejects[2], Event("after"));
        await PutTextAsync("2024/02/02/000000.ndjson", rejects[3]); // Without a final newline.

        var result = await RunAsync(new RunOptions { MaxRejectedPercent = 100 });

        Assert.Equal(["before", new string('x', Limit - Around.Length), "after"], Ids(result.Rows));
        Assert.Equal([3, 5, 6, 1], result.Rejects.Select(reject => reject.Line));
        Assert.All(result.Rejects, reject => Assert.Equal("is longer than 16 MiB", reject.Error));
        Assert.All(result.Rejects, reject => Assert.True(reject.AsBase64));
        Assert.All(
            result.Rejects.Zip(rejects),
            pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(pair.Second))));
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(Limit + 5)]
    [InlineData(Limit + 6)]
    [InlineData(Limit + (2 << 20))]
    public async Task A_record_that_is_too_long_spoils_the_rest_of_its_line_alone(int length)
    {
        string rest = $" {EventOf(length)}{Event("c")} ";
        await PutAsync(
            "2024/02/01/000000.ndjson", Event("a") + Event("b") + rest, Event("d"),
            EventOf(Limit) + EventOf(Limit) + EventOf(Limit - 1));

        var result = await RunAsync();

        Assert.Equal(
            [1, 1, 1, Limit, Limit - 1],
            Ids(result.Rows).Select(id => id!.Length == 1 ? 1 : id.Length + Around.Length));
        Assert.Equal(1, result.Report.Duplicates);
        Assert.Equal(rest, Encoding.UTF8.GetString(Assert.Single(result.Rejects).Bytes));
    }

    [Fact]
    public async Task Every_byte_of_records_that_are_too_long_counts_towards_the_limit_of_rejects()
    {
        const int First = 20 << 20, Second = 37 << 20;
        await PutAsync("2024/02/01/000000.ndjson.gz", Event("a"), EventOf(First), EventOf(Second));

        var failure = await FailsAsync();

        Assert.Contains(
            $"2 of 3 records are rejects, with {First + Second} of {First + Second + Event("a").Length} bytes, ",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_container_a_record_of_16_MiB_is_an_event_too_and_a_longer_one_is_kept_whole()
    {
        string[] rejects = [EventOf(Limit + 1), EventOf(Limit + 5), EventOf(Limit + 6), EventOf((33 << 20) + 7)];
        await PutTextAsync(
            "2024/02/02/0.json.gz",
            $$"""{"Records":[{{EventOf(Limit)}}, {{string.Join(",\n", rejects)}},{{Event("after")}}]}""");

        var result = await RunAsync(new RunOptions { MaxRejectedPercent = 100 });

        Assert.Equal([Limit - Around.Length, "after".Length], Ids(result.Rows).Select(id => id!.Length));
        Assert.Equal([2, 3, 4, 5], result.Rejects.Select(reject => reject.Line));
        Assert.All(
            result.Rejects,
            reject => Assert.True(reject.AsBase64 && reject.InContainer && reject.Error == "is longer than 16 MiB"));
        Assert.All(
            result.Rejects.Zip(rejects),
            pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(pair.Second))));
    }

    /// <summary>An event of this number of bytes.</summary>
    private static string EventOf(int bytes) =>
        Around.Insert(Around.Length - 2, new string('x', bytes - Around.Length));
}
