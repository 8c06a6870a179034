using CloudTrailAggregation.Events;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Files that are missing, of another run or tool, or damaged.</summary>
public sealed class CheckedFileTests() : CheckTest(new DirectoryMonthStores())
{
    [Fact]
    public async Task A_month_without_lines_and_without_files_is_as_it_should_be_and_one_with_files_is_not()
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("1"));
        await RunAsync();
        await Source.DeleteAsync("2024/02/01/000000.ndjson", Cancellation);
        string difference = await DiffersAsync();
        await Destination.DeleteAsync(Parquet0, Cancellation);

        var found = await CheckAsync();

        Assert.Contains("row 1 has no event in the source", difference, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (found.Counts.Records, found.Files.Count));
    }

    [Fact]
    public async Task A_month_that_was_never_written_is_found()
    {
        await PutAsync("2024/02/01/000000.ndjson", Event("1"));

        Assert.Contains("the month has no file. Run aggregate first.", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_two_runs_are_found()
    {
        await PutAsync("2024/02/01/000000.ndjson", Events(4));
        await RunAsync(new RunOptions { RowsPerFile = 2 });
        await ChangeAsync(_ => { }, metadata => metadata["cloudtrail_aggregation.run"] = "another", Parquet1);

        Assert.Contains(
            "000001.parquet, metadata cloudtrail_aggregation.run: counted ", await DiffersAsync(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Parquet0, "row 1 is not the event of")]
    [InlineData(Parquet1, "row 1 is not the event of")]
    [InlineData("2024/02/000002.parquet", "000001.parquet ends before it, after 4 events")]
    public async Task A_missing_file_is_found(string key, string expected)
    {
        await PutAsync("2024/02/01/000000.ndjson", Events(6));
        await RunAsync(new RunOptions { RowsPerFile = 2 });
        await Destination.DeleteAsync(key, Cancellation);

        Assert.Contains(expected, await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_other_columns_is_refused_by_their_names()
    {
        await PutAsync("2024/02/01/000000.ndjson", Events(2));
        var result = await RunAsync();
        await PutBytesAsync(Destination, Parquet0, TamperedFile.Of(
            result.Rows, new Dictionary<string, string>(StringComparer.Ordinal), EventSchema.Columns[..15]));

        Assert.Contains(
            "column 16 should be user_agent, a string; it is missing.", await DiffersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        await WriteSampleAsync();
        byte[] file = await BytesAsync(Parquet0);
        file.AsSpan(1_000, 5_000).Fill(0xFF);
        await PutBytesAsync(Destination, Parquet0, file);

        var failure = await Assert.ThrowsAnyAsync<AggregationException>(() => CheckAsync());

        Assert.StartsWith(Destination.UriOf(Parquet0), failure.Message, StringComparison.Ordinal);
    }
}
