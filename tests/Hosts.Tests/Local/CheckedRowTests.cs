using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Changes to rows and metadata; in directories only, because stores do not depend on them.</summary>
public sealed class CheckedRowTests() : CheckTest(new DirectoryMonthStores())
{
    [Fact]
    public async Task The_last_event_dropped_is_found()
    {
        await WriteSampleAsync();
        await ChangeAsync(rows => rows.RemoveAt(599));

        Assert.Contains("ends before it, after 599 events", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_doubled_row_is_found_in_the_middle_and_at_the_end()
    {
        await WriteSampleAsync();
        await ChangeAsync(rows => rows.Add(rows[^1]));
        string atTheEnd = await DiffersAsync();
        await ChangeAsync(rows => rows.Insert(8, rows[7]));

        Assert.Contains("row 601 has no event in the source", atTheEnd, StringComparison.Ordinal);
        Assert.Contains("row 9 is not the event of", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_day_is_found_whichever_side_it_is_missing_on()
    {
        await WriteSampleAsync();
        await ChangeAsync(
            rows => rows.RemoveAll(row => DateTimeOffset.FromUnixTimeMilliseconds((long)row["event_time"]!).Day == 10));
        string inTheFile = await DiffersAsync();
        await RunAsync(new RunOptions { Replace = true });
        await Source.DeleteAsync((await Source.ListedAsync("2024/02/10/"))[0].Key, Cancellation);

        Assert.Contains("/2024/02/10/", inTheFile, StringComparison.Ordinal);
        Assert.Contains("The row holds another event", inTheFile, StringComparison.Ordinal);
        Assert.Contains("/2024/02/11/", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_order_is_found()
    {
        await WriteSampleAsync();
        await ChangeAsync(rows => (rows[300], rows[301]) = (rows[301], rows[300]));

        Assert.Contains("row 301 is not the event of", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_swapped_column_is_found()
    {
        await WriteSampleAsync();
        await ChangeAsync(rows => rows.ForEach(
            row => (row["event_name"], row["event_source"]) = (row["event_source"], row["event_name"])));

        string difference = await DiffersAsync();

        Assert.Matches(
            "row 1 .*: column event_name: the source has \"[^\"]+\", the file has \"[^\"]+amazonaws\\.com\"\\.$",
            difference);
    }

    [Fact]
    public async Task A_changed_count_in_the_metadata_is_found()
    {
        await WriteSampleAsync();
        string[] names =
            ["month", "source_files", "source_bytes", "events_so_far", "duplicates_so_far", "rejects_so_far"];
        foreach (string name in names)
        {
            string was = "";
            string key = "cloudtrail_aggregation." + name;
            await ChangeAsync(_ => { }, metadata => (was, metadata[key]) = (metadata[key], "7"));

            Assert.EndsWith(
                $"000000.parquet, metadata cloudtrail_aggregation.{name}: counted {was}, the file says 7.",
                await DiffersAsync(), StringComparison.Ordinal);
            await ChangeAsync(_ => { }, metadata => metadata[key] = was);
        }

        await ChangeAsync(_ => { }, metadata => metadata.Clear());
        Assert.EndsWith(
            "cloudtrail_aggregation.month: counted 2024-02, the file says nothing.", await DiffersAsync(),
            StringComparison.Ordinal);
    }
}
