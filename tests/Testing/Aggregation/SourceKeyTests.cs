using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Which objects are sources of a month.</summary>
public abstract class SourceKeyTests(MonthStores stores) : MonthTest(stores)
{
    [Fact]
    public async Task Sources_are_the_NDJSON_objects_below_a_days_folder()
    {
        string[] sources =
        [
            "2024/02/01/a.ndjson", "2024/02/02/a.json", "2024/02/03/a.ndjson.gz", "2024/02/31/a.json.gz",
            "2024/02/04/below/it/a.json",
        ];
        string[] others =
            ["2024/01/31/a.ndjson", "2024/03/01/a.ndjson", "2024/020/01/a.ndjson", "2023/02/01/a.ndjson", "a.ndjson"];
        foreach (string key in sources.Concat(others))
        {
            await PutAsync(key, Event(key));
        }

        var result = await RunAsync();

        Assert.Equal(sources.Order(StringComparer.Ordinal), Ids(result.Rows));
        Assert.Equal(sources.Length, result.Report.SourceFiles);
        Assert.Equal(0, result.Report.IgnoredKeys.Count);
    }

    [Fact]
    public async Task Other_keys_of_the_month_are_counted_and_the_first_few_named()
    {
        string[] ignored =
        [
            "2024/02/00/a.ndjson", "2024/02/01/a.csv", "2024/02/01/a.gz", "2024/02/01/a.ndjson.GZ",
            "2024/02/01/a.ndjson.zst", "2024/02/1/a.ndjson", "2024/02/32/a.ndjson", "2024/02/a.ndjson",
            "2024/02/ab/a.ndjson", "2024/02/+1/a.ndjson",
        ];
        foreach (string key in ignored)
        {
            await PutTextAsync(key, "not read");
        }

        await PutAsync("2024/02/01/a.ndjson", Event("a"));

        var result = await RunAsync();

        Assert.Equal(["a"], Ids(result.Rows));
        Assert.Equal(ignored.Length, result.Report.IgnoredKeys.Count);
        Assert.Equal(ignored.Order(StringComparer.Ordinal).Take(5), result.Report.IgnoredKeys.First);
    }

    [Fact]
    public async Task Empty_objects_are_skipped()
    {
        await PutBytesAsync("2024/02/01/000000.ndjson.gz", []);
        await PutAsync("2024/02/01/000001.ndjson.gz", Event("a"));
        await PutBytesAsync("2024/02/01/000002.ndjson", []);

        var result = await RunAsync();

        Assert.Equal(["a"], Ids(result.Rows));
        Assert.Equal(1, result.Report.SourceFiles);
    }

    [Fact]
    public async Task Source_and_destination_may_be_the_same_prefix_run_after_run()
    {
        UseOneStore();
        await PutAsync("2024/02/01/000000.ndjson.gz", Event("a"), "reject");

        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal(first.Files, second.Files);
        Assert.Equal((0, 1), (first.Report.IgnoredKeys.Count, second.Report.IgnoredKeys.Count));
        Assert.Equal([Parquet0], second.Report.IgnoredKeys.First);
        Assert.Equal(["2024/02/000000.parquet", "2024/02/01/000000.ndjson.gz", Rejects0], await KeysAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n\r\n  \n\t\r\n\uFEFF\r\n \n\n")]
    public async Task A_month_without_lines_is_empty_and_changes_nothing(string? text)
    {
        string[] existing = [Parquet0, Parquet1, Rejects0];
        foreach (string key in existing)
        {
            await PutBytesAsync(Destination, key, [1, 2, 3]);
        }

        if (text is not null)
        {
            await PutTextAsync("2024/02/01/000000.ndjson.gz", text);
            await PutTextAsync("2024/02/02/000000.ndjson", text);
        }

        var result = await RunAsync(new RunOptions { Replace = true });

        Assert.Equal(RunStatus.Empty, result.Report.Status);
        Assert.Empty(result.Report.Outputs);
        Assert.Empty(result.Report.Removed);
        Assert.Equal(existing, await KeysAsync());
        foreach (string key in existing)
        {
            Assert.Equal([1, 2, 3], await BytesAsync(key));
        }
    }
}
