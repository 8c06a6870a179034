using System.Text;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Lines that are not events are kept, verbatim and with their place, or the run fails.</summary>
public abstract class RejectTests(MonthStores stores) : MonthTest(stores)
{
    private const string Day1 = "2024/02/01/000000.ndjson.gz";
    private const string Day2 = "2024/02/02/000000.ndjson";

    [Fact]
    public async Task A_bad_line_names_its_key_and_is_kept_as_a_reject()
    {
        await PutAsync(
            Day1, Event("a"), "\uFEFF", "", "{\"eventID\": \"b\"", "  ",
            "not JSON \"at all\" \\ <é> \u0001\t\u2028\U0001F600", Event("c"));
        await PutAsync(Day2, "\uFEFF{} {}\r", Event("d"), "1\r");

        var result = await RunAsync();

        Assert.Equal(["a", "c", "d"], Ids(result.Rows));
        Assert.Equal(Destination.UriOf(Rejects0), result.Report.RejectFile);
        Assert.Equal(
            [
                (Source.UriOf(Day1), 4, "{\"eventID\": \"b\""),
                (Source.UriOf(Day1), 6, "not JSON \"at all\" \\ <é> \u0001\t\u2028\U0001F600"),
                (Source.UriOf(Day2), 1, "{}"),
                (Source.UriOf(Day2), 1, "{}"),
                (Source.UriOf(Day2), 3, "1\r"),
            ],
            result.Rejects.Select(reject => (reject.Source, reject.Line, Encoding.UTF8.GetString(reject.Bytes))));
        Assert.All(result.Rejects, reject => Assert.False(reject.AsBase64));
        Assert.Equal("is not a JSON object", result.Rejects[^1].Error);
    }

    [Fact]
    public async Task A_line_that_is_not_UTF8_is_kept_as_base64()
    {
        byte[] latin1 = [.. "{\"userAgent\":\"caf"u8, 0xE9, .. "\"}"u8];
        byte[] surrogate = [.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}\r"u8];
        await PutTextAsync(
            Day1, [.. latin1, (byte)'\n', .. surrogate, .. "\n"u8, .. Encoding.UTF8.GetBytes(Event("a"))]);

        var result = await RunAsync();

        Assert.Equal([latin1, surrogate], result.Rejects.Select(reject => reject.Bytes));
        Assert.All(result.Rejects, reject => Assert.True(reject.AsBase64));
        Assert.All(
            result.Rejects, reject => Assert.StartsWith("is not valid UTF-8", reject.Error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100, 0, 1.0, true)] // Up to 100 rejects are never too many.
    [InlineData(100, 0, 0.0, true)]
    [InlineData(101, 9_998, 1.0, true)] // 1 % of 10,100
    [InlineData(101, 9_997, 1.0, false)]
    [InlineData(101, 9_998, 0.0, false)]
    [InlineData(101, 302, 25.0, true)]
    [InlineData(101, 301, 25.0, false)]
    [InlineData(2_000, 0, 100.0, true)]
    public async Task Rejects_fail_the_run_when_they_are_more_than_100_and_more_than_the_percentage(
        int rejects, int moreEvents, double maxPercent, bool accepted)
    {
        string[] bad = [.. Enumerable.Range(0, rejects).Select(number => $"reject {number}")];
        await PutAsync(Day1, [Event("first"), .. bad, .. Events(moreEvents)]);
        var options = new RunOptions { MaxRejectedPercent = maxPercent };

        if (accepted)
        {
            Assert.Equal(rejects, (await RunAsync(options)).Report.Rejects);
            return;
        }

        var failure = await FailsAsync(options);
        Assert.StartsWith(
            $"{Source.UriOf("2024/02/")}: {rejects} of {rejects + 1 + moreEvents} records are rejects", failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_rejects_are_quoted_with_their_places()
    {
        await PutAsync(
            Day1,
            [Event("a"), .. Enumerable.Range(0, 101).Select(number => $"reject {number} {new string('é', 100)}")]);

        var failure = await FailsAsync();

        for (int number = 0; number < 3; number++)
        {
            Assert.Contains(
                $"{Source.UriOf(Day1)}, line {number + 2}: is not a JSON object: reject {number} é", failure.Message,
                StringComparison.Ordinal);
        }

        Assert.DoesNotContain("reject 3", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Length < 1_500, failure.Message);
    }

    [Fact]
    public async Task A_month_of_nothing_but_rejects_fails()
    {
        await PutAsync(Day1, "reject", "re\u001bject");

        var failure = await FailsAsync(new RunOptions { MaxRejectedPercent = 100 });

        Assert.Contains("2 of 2 records are rejects, and there is no event", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', failure.Message);
    }

    /// <summary>On S3 the threads wait for the parts of the upload, which must not wait for the threads.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task A_reject_file_of_several_upload_parts_is_written_with_any_number_of_threads(int threads)
    {
        byte[] bytes = new byte[40 << 20];
        new Random(threads).NextBytes(bytes);
        string[] rejects = [.. bytes.Chunk(3 << 18).Select(chunk => Convert.ToBase64String(chunk))];
        await PutAsync(Day1, [Event("a"), .. rejects]);

        var result = await RunAsync(new RunOptions { MaxRejectedPercent = 100, Threads = threads });

        Assert.Equal(rejects, result.Rejects.Select(reject => Encoding.ASCII.GetString(reject.Bytes)));
    }

    [Fact]
    public async Task A_failed_run_leaves_the_reject_file_of_the_run_before()
    {
        await PutAsync(Day1, Event("a"), "old reject");
        await RunAsync();
        await PutAsync(Day1, Event("a"), "new reject", Event("b"));
        await PutTextAsync(
            Day2,
            new string('x', 1 << 20) + "\n" + string.Concat(Enumerable.Range(0, 200).Select(number => $"{number}\n")));

        await FailsAsync();

        Assert.Equal("old reject"u8.ToArray(), Assert.Single(KeptReject.Parse(await BytesAsync(Rejects0))).Bytes);
    }

    [Fact]
    public async Task A_run_without_rejects_clears_the_reject_files_of_the_run_before()
    {
        await PutAsync(Day1, Event("a"), "reject");
        await RunAsync();
        string[] foreign =
        [
            "_rejected/2024/01/000000.ndjson.gz", "_rejected/2024/02/notes.txt", "_rejected/2024/02/0000000.ndjson.gz",
            "_rejected/2024/02/01/000000.ndjson.gz",
        ];
        foreach (string key in (string[])["_rejected/2024/02/000001.ndjson.gz", .. foreign])
        {
            await PutBytesAsync(Destination, key, [1]);
        }

        await PutAsync(Day1, Event("a"));

        var result = await RunAsync();

        Assert.Null(result.Report.RejectFile);
        Assert.Equal(
            [Destination.UriOf(Rejects0), Destination.UriOf("_rejected/2024/02/000001.ndjson.gz")],
            result.Report.Removed);
        Assert.Equal(new[] { Parquet0 }.Concat(foreign).Order(StringComparer.Ordinal), await KeysAsync());
    }

    [Fact]
    public async Task A_copy_of_a_bad_line_is_a_reject_like_the_first()
    {
        await PutAsync(Day1, Event("a"), "reject", "reject");
        await PutAsync(Day2, "reject");

        var result = await RunAsync();

        Assert.Equal(
            (4, 1, 0, 3), (result.Report.Lines, result.Report.Events, result.Report.Duplicates, result.Report.Rejects));
        Assert.Equal(3, result.Rejects.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bad_line_that_repeats_counts_toward_the_limit_each_time(int threads)
    {
        await PutAsync(Day1, Events(300));
        await PutAsync(Day2, [.. Enumerable.Repeat("upstream connect error", 20_000)]);

        var failure = await FailsAsync(new RunOptions { Threads = threads });

        Assert.Contains("20000 of 20300 records are rejects", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2_000_000, true)] // One reject of any length is accepted.
    [InlineData(2, 600_000, false)]
    [InlineData(2, 500_000, true)] // Up to 1 MiB together.
    public async Task Rejects_fail_the_run_when_they_are_more_than_1_MiB_and_more_than_the_percentage_of_the_bytes(
        int rejects, int length, bool accepted)
    {
        await PutAsync(
            Day1,
            [.. Events(200), .. Enumerable.Range(0, rejects).Select(number => $"{number}{new string('x', length)}")]);

        if (accepted)
        {
            Assert.Equal(rejects, (await RunAsync()).Report.Rejects);
            return;
        }

        var failure = await FailsAsync();
        Assert.Contains(
            $"{rejects} of {200 + rejects} records are rejects, with 1200002 of ", failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(rejects, (await RunAsync(new RunOptions { MaxRejectedPercent = 100 })).Report.Rejects);
    }

    [Fact]
    public async Task A_pretty_printed_event_fails_the_run_with_a_hint()
    {
        string pretty = "{\r\n  \"eventID\": \"a\",\r\n  \"eventName\": \"b\"\r\n}";
        await PutAsync(Day1, [.. Enumerable.Repeat(pretty, 100), Event("a")]);

        var failure = await FailsAsync();

        Assert.Contains("400 of 401 records are rejects", failure.Message, StringComparison.Ordinal);
        Assert.Contains("write each event on one line", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{\"eventname\":\"GetObject\"}", null)]
    [InlineData("{\"eventversion\":\"1.11\",\"eventname\":\"GetObject\"}", "its member names were rewritten")]
    [InlineData("{\"detail\":{\"eventID\":\"a\"}}", null)]
    [InlineData(
        "{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":{\"eventID\":\"a\"}}",
        "an EventBridge envelope")]
    [InlineData(
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"{}\"}]}", "a CloudWatch Logs envelope")]
    [InlineData(
        "{\"awsAccountId\":\"1\",\"digestStartTime\":\"2024-02-01T00:00:00Z\",\"logFiles\":[]}", "a CloudTrail digest")]
    [InlineData("{\"\\uD800\":1,\"userIdentity\":{\"eventID\":1}}", null)]
    public async Task A_JSON_object_that_is_not_a_CloudTrail_event_is_a_reject_that_says_what_it_is(
        string line, string? kind)
    {
        await PutAsync(Day1, Event("a") + line + Event("b"), Event("c"));

        var result = await RunAsync();

        var reject = Assert.Single(result.Rejects);
        Assert.Equal(["a", "b", "c"], Ids(result.Rows));
        Assert.Equal(line, Encoding.UTF8.GetString(reject.Bytes));
        Assert.StartsWith(
            "is not a CloudTrail event: it has none of eventVersion, eventTime, ", reject.Error,
            StringComparison.Ordinal);
        Assert.Equal(kind is not null, reject.Error.Contains($" ({kind ?? "?"}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"eventVersion\":null}")]
    [InlineData("{\"eventTime\":1}")]
    [InlineData("{\"eventSource\":\"\"}")]
    [InlineData("{\"eventName\":{}}")]
    [InlineData("{\"eventID\":\"a\"}")]
    [InlineData("{\"eventId\":\"a\"}")]
    [InlineData("{\"x\":1,\"event\\u0049D\":null}")]
    public async Task One_member_of_every_event_is_enough_for_an_event(string line)
    {
        await PutAsync(Day1, line);

        Assert.Equal(1, (await RunAsync()).Report.Events);
    }

    [Fact]
    public async Task Objects_without_an_event_are_counted_and_the_first_are_named()
    {
        await PutAsync(Day1, Event("a"), "reject");
        await PutAsync("2024/02/03/0.ndjson", Event("a"));
        await PutAsync("2024/02/04/0.ndjson", Event("a")); // A copy from the day before: a duplicate is no loss.
        await PutTextAsync("2024/02/05/0.ndjson", "\r\n \n");
        for (int number = 1; number <= 7; number++)
        {
            await PutAsync($"2024/02/06/{number}.ndjson", "reject");
        }

        var result = await RunAsync(new RunOptions { MaxRejectedPercent = 100 });

        Assert.Equal(7, result.Report.ObjectsWithoutEvents.Count);
        Assert.Equal(
            Enumerable.Range(1, 5).Select(number => Source.UriOf($"2024/02/06/{number}.ndjson")),
            result.Report.ObjectsWithoutEvents.First);
    }
}
