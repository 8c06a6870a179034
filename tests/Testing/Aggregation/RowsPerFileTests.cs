using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A month in several files, each with the rows asked for, and back to one.</summary>
public abstract class RowsPerFileTests(MonthStores stores) : MonthTest(stores)
{
    [Theory]
    [InlineData(1, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(5, new[] { 5, 5, 4 })]
    [InlineData(7, new[] { 7, 7 })]
    [InlineData(13, new[] { 13, 1 })]
    [InlineData(14, new[] { 14 })]
    [InlineData(15, new[] { 14 })]
    [InlineData(0, new[] { 14 })]
    public async Task Each_file_has_the_rows_asked_for_and_the_last_the_rest(int rowsPerFile, int[] rows)
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(6));
        await PutAsync("2024/02/01/000001.ndjson.gz", Events(8, first: 6));

        var result = await RunAsync(new RunOptions { RowsPerFile = rowsPerFile });

        Assert.Equal(rows.Select(count => (long)count), result.Report.Outputs.Select(output => output.Rows));
        Assert.Equal(
            rows.Select((_, number) => Destination.UriOf($"2024/02/{number:D6}.parquet")),
            result.Report.Outputs.Select(output => output.Uri));
        Assert.Equal(Enumerable.Range(0, 14).Select(id => id.ToString("D6")), Ids(result.Rows));
        Assert.Equal(rows.Length, (await KeysAsync()).Length);
    }

    [Theory]
    [InlineData(1_300, 1)]
    [InlineData(1_300, 2)]
    [InlineData(100, 2)]
    [InlineData(1_300, 6)]
    public async Task A_file_may_end_anywhere_in_a_batch_and_hold_several(int rowsPerFile, int threads)
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", LargeEvents(3_000));

        var result = await RunAsync(new RunOptions { RowsPerFile = rowsPerFile, Threads = threads });

        Assert.Equal((3_000 + rowsPerFile - 1) / rowsPerFile, result.Files.Count);
        Assert.All(result.Report.Outputs.SkipLast(1), output => Assert.Equal(rowsPerFile, output.Rows));
        Assert.Equal(
            LargeEvents(3_000),
            result.Rows.Select(row => LargeEvent((string)row["event_id"]!, (string)row["request_parameters"]!)));
    }

    [Fact]
    public async Task Each_file_tells_how_many_events_the_run_had_by_then_and_all_the_same_run()
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", [.. Events(5), .. Events(2), "reject"]);

        var result = await RunAsync(new RunOptions { RowsPerFile = 2 });

        var metadata = result.Files.Select(DuckDbRows.Metadata).ToList();
        Assert.Equal(["2", "4", "5"], metadata.Select(file => file["cloudtrail_aggregation.events_so_far"]));
        Assert.Single(metadata.Select(file => file["cloudtrail_aggregation.run"]).Distinct());
        Assert.Equal("2", metadata[^1]["cloudtrail_aggregation.duplicates_so_far"]);
        Assert.Equal("1", metadata[^1]["cloudtrail_aggregation.rejects_so_far"]);
    }

    [Fact]
    public async Task A_month_goes_from_one_file_to_many_to_fewer_and_back_to_one()
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(12));

        foreach (int rowsPerFile in (int[])[0, 2, 5, 0])
        {
            int before = (await KeysAsync()).Length;
            var result = await RunAsync(new RunOptions { RowsPerFile = rowsPerFile });

            string[] keys = [.. Enumerable.Range(0, result.Files.Count)
                .Select(number => $"2024/02/{number:D6}.parquet")];
            Assert.Equal(keys, await KeysAsync());
            Assert.Equal(Math.Max(0, before - keys.Length), result.Report.Removed.Count);
            Assert.Equal(keys.Length > 1 || before > 1, result.Report.MixedMilliseconds is not null);
        }
    }
}
