using System.Text;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A record whose bytes came earlier on the same day or on the day before is dropped; no other is.</summary>
public abstract class DuplicateTests(MonthStores stores) : MonthTest(stores)
{
    [Fact]
    public async Task A_copy_in_the_same_days_folder_is_dropped_and_the_first_stays()
    {
        await PutAsync("2024/02/05/000000.ndjson", Event("a"), Event("b"), Event("a"));
        await PutAsync("2024/02/05/000001.ndjson.gz", Event("c"), Event("b"));

        await AssertKeptAsync(["a", "b", "c"], duplicates: 2);
    }

    [Fact]
    public async Task A_copy_in_the_next_days_folder_is_dropped()
    {
        await PutAsync("2024/02/05/0.json", Event("a"));
        await PutAsync("2024/02/06/0.json", Event("a"), Event("b"));

        await AssertKeptAsync(["a", "b"], duplicates: 1);
    }

    [Fact]
    public async Task A_copy_two_days_later_is_kept()
    {
        await PutAsync("2024/02/05/0.json", Event("a"));
        await PutAsync("2024/02/07/0.json", Event("a"));

        await AssertKeptAsync(["a", "a"], duplicates: 0);
    }

    [Fact]
    public async Task A_copy_two_days_later_is_kept_when_the_day_between_has_other_lines()
    {
        await PutAsync("2024/02/05/0.json", Event("a"));
        await PutAsync("2024/02/06/0.json", Event("b"));
        await PutAsync("2024/02/07/0.json", Event("a"));

        await AssertKeptAsync(["a", "b", "a"], duplicates: 0);
    }

    [Fact]
    public async Task Copies_on_many_days_in_a_row_are_dropped_but_for_the_first()
    {
        for (int day = 8; day <= 12; day++)
        {
            await PutAsync($"2024/02/{day:D2}/0.json", Event("a"));
        }

        await AssertKeptAsync(["a"], duplicates: 4);
    }

    [Fact]
    public async Task A_copy_of_the_month_befores_last_day_is_kept()
    {
        await PutAsync("2024/01/31/0.json", Event("a"));
        await PutAsync("2024/02/01/0.json", Event("a"));

        await AssertKeptAsync(["a"], duplicates: 0);
    }

    [Fact]
    public async Task Records_that_share_an_id_but_differ_in_any_byte_are_kept()
    {
        await PutAsync(
            "2024/02/05/0.json", Event("a"), Event("a").Replace(":", ": ", StringComparison.Ordinal), Event("A"));

        await AssertKeptAsync(["a", "a", "A"], duplicates: 0);
    }

    [Fact]
    public async Task What_surrounds_a_record_on_its_line_is_not_compared()
    {
        await PutTextAsync(
            "2024/02/05/0.json",
            $"{Event("a")}\r\n{Event("a")}\n\uFEFF{Event("a")}\r\n {Event("a")}\t{Event("a")}{Event("a")}");

        await AssertKeptAsync(["a"], duplicates: 5);
    }

    [Fact]
    public async Task Without_deduplication_every_line_is_kept()
    {
        await PutAsync("2024/02/05/0.json", Event("a"), Event("a"));

        await AssertKeptAsync(["a", "a"], duplicates: 0, new RunOptions { Deduplicate = false });
    }

    [Fact]
    public async Task Every_copy_among_many_lines_is_found()
    {
        string[] lines = Events(20_000);
        await PutAsync("2024/02/05/0.json.gz", lines);
        await PutAsync("2024/02/06/0.json.gz", [.. lines.Reverse(), .. Events(100, first: 20_000)]);

        var result = await RunAsync();

        Assert.Equal((20_100, 20_000), (result.Report.Events, result.Report.Duplicates));
        Assert.Equal(Enumerable.Range(0, 20_100).Select(id => id.ToString("D6")), Ids(result.Rows));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(6, true)]
    public async Task Every_column_keeps_its_rows_when_duplicates_among_them_are_dropped(int threads, bool manyColumns)
    {
        var random = new Random(threads);
        string[] events = [.. Enumerable.Range(0, 3_000)
            .Select(number => manyColumns ? Varied(number, random) : Event($"{number}"))];
        string[] lines = [.. events.SelectMany(
            line => random.Next(4) == 0 ? [line, events[random.Next(events.Length)]] : (string[])[line])];
        string[] kept = [.. lines.Distinct(StringComparer.Ordinal)];
        await PutAsync("2024/02/05/0.json.gz", lines);

        var result = await RunAsync(new RunOptions { Threads = threads });

        Assert.Equal(lines.Length - kept.Length, result.Report.Duplicates);
        Assert.All(
            kept.Zip(result.Rows), pair => RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(pair.First), pair.Second));
    }

    /// <summary>An event that has each member of the text, JSON, boolean and time columns or not.</summary>
    private static string Varied(int number, Random random)
    {
        var members = EventSchema.MemberColumns.Where(_ => random.Next(3) > 0)
            .Select(column => $"\"{column.Member}\":" + column.Kind switch
            {
                ColumnKind.Boolean => random.Next(2) == 0 ? "true" : "false",
                ColumnKind.Timestamp => $"\"2024-02-05T00:00:{number % 60:D2}Z\"",
                ColumnKind.Json => $"{{\"n\":{number}}}",
                _ => $"\"{number}\"",
            });
        return $"{{{string.Join(',', members.Append($"\"eventName\":\"{number}\""))}}}";
    }

    private async Task AssertKeptAsync(string[] ids, int duplicates, RunOptions? options = null)
    {
        var result = await RunAsync(options);

        Assert.Equal(ids, Ids(result.Rows));
        Assert.Equal(duplicates, result.Report.Duplicates);
    }
}
