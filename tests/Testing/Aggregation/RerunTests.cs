using System.Text;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A rerun over the same source gives the same bytes, and changes only what a run writes.</summary>
public abstract class RerunTests(MonthStores stores) : MonthTest(stores)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_300)]
    public async Task A_rerun_is_byte_identical_with_any_number_of_threads(int rowsPerFile)
    {
        string[] lines = LargeEvents(3_000);
        await PutAsync("2024/02/01/000000.ndjson.gz", lines[..2_300]);
        await PutAsync("2024/02/01/000001.ndjson", [.. lines[2_200..2_400], "reject", "", .. lines[2_400..]]);
        for (int number = 0; number < 18; number++)
        {
            await PutAsync($"2024/02/02/{number:D6}.ndjson.gz", Events(3, first: 1_000_000 + (number * 2)));
        }

        var first = await RunAsync(new RunOptions { RowsPerFile = rowsPerFile });
        byte[] rejects = await BytesAsync(Rejects0);

        foreach (int threads in (int[])[1, 2, 3, 5])
        {
            var again = await RunAsync(new RunOptions { RowsPerFile = rowsPerFile, Threads = threads, Replace = true });

            Assert.Equal(first.Files, again.Files);
            Assert.Equal(rejects, await BytesAsync(Rejects0));
            Assert.Empty(again.Report.Removed);
        }
    }

    [Fact]
    public async Task Many_small_sources_are_all_read_in_their_order()
    {
        const int Sources = 120;
        for (int number = 0; number < Sources; number++)
        {
            await PutAsync($"2024/02/{1 + (number / 40):D2}/{number:D6}.ndjson", Events(3, first: number * 2));
        }

        var expected = await RunAsync();

        for (int round = 0; round < 20; round++)
        {
            var again = await RunAsync(new RunOptions { Threads = 2 + (round % 4), Replace = true });

            Assert.Equal((expected.Report.Lines, expected.Report.Events), (again.Report.Lines, again.Report.Events));
            Assert.Equal(expected.Files, again.Files);
        }
    }

    [Fact]
    public async Task Rows_are_in_ordinal_order_of_the_keys_whatever_their_names()
    {
        string[] keys =
        [
            "2024/02/02/10.json", "2024/02/02/9.ndjson.gz", "2024/02/02/Z.ndjson", "2024/02/02/a.json",
            "2024/02/02/é.json", "2024/02/02/sub/0.json", "2024/02/02/sub-0.json", "2024/02/02/sub0.json.gz",
            "2024/02/10/0.json", "2024/02/01/z.json",
        ];
        foreach (string key in keys)
        {
            await PutAsync(key, Event(key));
        }

        var result = await RunAsync(new RunOptions { Threads = 2 });

        Assert.Equal(keys.Order(StringComparer.Ordinal), Ids(result.Rows));
    }

    [Fact]
    public async Task A_rerun_removes_an_older_runs_files_and_touches_nothing_else_in_the_prefix()
    {
        string[] older = [Parquet1, "2024/02/000002.parquet", "2024/02/000007.parquet", "2024/02/999999.parquet"];
        string[] foreign =
        [
            "000000.parquet", "2024/02/000001.parquet.bak", "2024/02/0000000.parquet", "2024/02/00001.parquet",
            "2024/02/notes.txt", "2024/02/sub/000000.parquet", "2024/02/a00000.parquet", "2024/02/000001.PARQUET",
            "2024/020/000001.parquet", "2024/03/000001.parquet", "_rejected/2024/01/000001.ndjson.gz",
            "_rejected/2024/03/000000.ndjson.gz",
        ];
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(4));
        var oldest = await RunAsync(new RunOptions { RowsPerFile = 1 });
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(6));
        await RunAsync(new RunOptions { RowsPerFile = 2 });
        foreach (string key in older[2..])
        {
            await PutBytesAsync(Destination, key, oldest.Files[0]);
        }

        foreach (string key in foreign)
        {
            await PutBytesAsync(Destination, key, Encoding.UTF8.GetBytes("not ours: " + key));
        }

        var result = await RunAsync();

        Assert.Equal(older.Select(Destination.UriOf), result.Report.Removed);
        Assert.Equal(foreign.Append(Parquet0).Order(StringComparer.Ordinal), await KeysAsync());
        foreach (string key in foreign)
        {
            Assert.Equal(Encoding.UTF8.GetBytes("not ours: " + key), await BytesAsync(key));
        }

        Assert.NotNull(result.Report.MixedMilliseconds);
    }

    [Fact]
    public async Task A_month_that_was_and_becomes_one_file_is_never_seen_mixed()
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(6));

        var first = await RunAsync();
        var second = await RunAsync(new RunOptions { Replace = true });

        Assert.Null(first.Report.MixedMilliseconds);
        Assert.Null(second.Report.MixedMilliseconds);
    }

    [Fact]
    public async Task Another_setting_or_another_source_is_another_run()
    {
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(6));
        var first = await RunAsync();
        var copies = await RunAsync(new RunOptions { Deduplicate = false, Replace = true });
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(7));
        var source = await RunAsync(new RunOptions { Replace = true });

        Assert.Equal(3, new[] { first, copies, source }
            .Select(run => DuckDbRows.Metadata(run.Files[0])["cloudtrail_aggregation.run"]).Distinct().Count());
    }
}
