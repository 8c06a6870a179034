using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>The check finds every difference from the source, and nothing if there is none.</summary>
public abstract class CheckTests(MonthStores stores) : CheckTest(stores)
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_month_that_is_whole_is_proven(long rowsPerFile)
    {
        await WriteSampleAsync(new RunOptions { RowsPerFile = rowsPerFile });

        var found = await CheckAsync();

        Assert.Equal(
            (614L, 600L, 12L, 2L),
            (found.Counts.Records, found.Counts.Events, found.Counts.Duplicates, found.Counts.Rejects));
        Assert.Equal((29, rowsPerFile == 0 ? 1 : 6), (found.SourceFiles, found.Files.Count));
    }

    [Fact]
    public async Task A_month_that_leaves_a_damaged_object_out_is_not_whole()
    {
        const string Damaged = "2024/02/10/damaged.ndjson.gz";
        byte[] gzip = Gzip(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', LargeEvents(2_000))));
        await PutBytesAsync(Damaged, gzip[..^1]);
        await WriteSampleAsync(new RunOptions { DamagedObjects = DamagedObjects.Skip });

        Assert.Equal(
            $"1 damaged object left out: {Source.UriOf(Damaged)}. "
            + "Every event of the remaining objects is in the month's files. "
            + "Copy or gather the damaged ones again, and run aggregate again.",
            await DiffersAsync());

        await ChangeAsync(_ => { }, metadata => metadata["cloudtrail_aggregation.damaged_objects_so_far"] = "2");
        Assert.Equal(
            $"The month's files leave out 2 damaged objects, and 1 are damaged: {Source.UriOf(Damaged)}. "
            + "Run aggregate again.",
            await DiffersAsync());
    }

    [Fact]
    public async Task A_dropped_event_is_found()
    {
        await WriteSampleAsync();
        await ChangeAsync(rows => rows.RemoveAt(100));

        string difference = await DiffersAsync();

        Assert.StartsWith(
            $"{Destination.UriOf(Parquet0)}, row 101 is not the event of {Source.UriOf("2024/02/")}", difference,
            StringComparison.Ordinal);
        Assert.Matches(
            "ndjson(.gz)?, line [0-9]+: column event_id: the source has \"[^\"]+\", the file has \"[^\"]+\"\\. "
            + "The row holds another event",
            difference);
    }
}
