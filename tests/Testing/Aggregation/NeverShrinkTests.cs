using System.Text;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A month is not replaced by one with fewer events unless the request says so.</summary>
public abstract class NeverShrinkTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/01/000000.ndjson.gz";

    private static readonly RunOptions Replace = new() { Replace = true };

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Fewer_events_fail_and_go_through_when_the_request_says_replace(int rowsPerFile)
    {
        await PutAsync(Key, Events(10));
        await RunAsync(new RunOptions { RowsPerFile = rowsPerFile });
        await PutAsync(Key, [.. Events(9), .. Events(9), "reject"]);

        var failure = await FailsAsync();
        var result = await RunAsync(Replace);

        Assert.StartsWith(Destination.UriOf(Parquet0), failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "hold 10 events, this run found 9: the month would shrink", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"replace\": true", failure.Message, StringComparison.Ordinal);
        Assert.Equal(9, result.Report.Events);
        Assert.Equal([Parquet0, Rejects0], await KeysAsync());
    }

    [Fact]
    public async Task As_many_events_go_through()
    {
        await PutAsync(Key, Events(10));
        await RunAsync();
        await PutAsync(Key, Events(10, first: 5));

        var result = await RunAsync();

        Assert.Equal("000005", Ids(result.Rows)[0]);
    }

    [Fact]
    public async Task Files_left_over_by_another_run_do_not_count()
    {
        await PutAsync(Key, Events(10));
        var older = await RunAsync(new RunOptions { RowsPerFile = 6 });
        await PutAsync(Key, Events(7));
        await RunAsync(Replace);
        await PutBytesAsync(Destination, Parquet1, older.Files[1]);

        var result = await RunAsync();

        Assert.Equal([Destination.UriOf(Parquet1)], result.Report.Removed);
        Assert.Equal([Parquet0], await KeysAsync());
    }

    [Fact]
    public async Task Foreign_files_count_by_their_rows_against_the_lines_read()
    {
        byte[][] foreign = [ForeignFile(rows: 8), ForeignFile(rows: 4)];
        await PutBytesAsync(Destination, Parquet0, foreign[0]);
        await PutBytesAsync(Destination, Parquet1, foreign[1]);
        await PutAsync(Key, [.. Events(9), Event("000000"), "reject"]);

        var failure = await FailsAsync();
        await PutAsync(Key, [.. Events(9), Event("000000"), "reject", "reject 2"]);
        var result = await RunAsync();

        Assert.Contains("hold 12 events, this run found 11 records", failure.Message, StringComparison.Ordinal);
        Assert.Equal((12, 9), (result.Report.Lines, result.Report.Events));
        Assert.Equal([Destination.UriOf(Parquet1)], result.Report.Removed);
    }

    [Fact]
    public async Task A_foreign_file_beside_this_tools_own_does_not_count()
    {
        await PutAsync(Key, Events(3));
        await RunAsync();
        await PutBytesAsync(Destination, Parquet1, ForeignFile(rows: 100));

        var result = await RunAsync();

        Assert.Equal([Destination.UriOf(Parquet1)], result.Report.Removed);
    }

    [Fact]
    public async Task A_file_that_is_not_whole_Parquet_fails_and_goes_when_the_request_says_replace()
    {
        await PutAsync(Key, Events(3));
        byte[] whole = ForeignFile(rows: 3);
        byte[] hugeFooter = [.. whole[..^8], 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8];
        byte[] badFooter = [.. whole];
        badFooter.AsSpan(whole.Length - 40, 24).Fill(0xFF);
        byte[][] broken =
        [
            [], "P"u8.ToArray(), "PAR1"u8.ToArray(), "PAR1PAR1"u8.ToArray(), Encoding.UTF8.GetBytes(Event("a")),
            whole[..^1], whole[..(whole.Length / 2)], hugeFooter, badFooter, [.. whole[..^4], .. "PARE"u8],
        ];

        foreach (byte[] bytes in broken)
        {
            await PutBytesAsync(Destination, Parquet0, bytes);

            var failure = await FailsAsync();

            Assert.StartsWith(
                $"{Destination.UriOf(Parquet0)} cannot be read as a Parquet file: ", failure.Message,
                StringComparison.Ordinal);
            Assert.Contains("\"replace\": true", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }

        Assert.Equal(3, (await RunAsync(Replace)).Report.Events);
    }

    /// <summary>A file without key-value metadata, as another tool writes it.</summary>
    private static byte[] ForeignFile(int rows)
    {
        string path = Path.GetTempFileName();
        using (var duckDb = new DuckDb())
        {
            duckDb.Execute(
                $"COPY (SELECT 'e' || range AS event_id, now()::TIMESTAMP AS event_time FROM range({rows})) "
                + $"TO '{path}' (FORMAT parquet)");
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
