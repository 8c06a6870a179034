using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// The parts of a file, as hyparquet reads it: only features that readers have supported for ten years.
/// </summary>
public sealed class ParquetFileTests(Hyparquet hyparquet) : MonthTest(new DirectoryMonthStores())
{
    private static readonly string[] OldEncodings = ["PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY"];

    [Fact]
    public async Task The_columns_are_those_of_the_table_in_its_order_and_all_may_be_NULL()
    {
        var file = await WrittenAsync();

        var columns = file.Footer.GetProperty("schema").EnumerateArray().Skip(1).ToList();
        Assert.Equal(EventSchema.Columns.Select(column => column.Name), columns.Select(column => Text(column, "name")));
        Assert.All(columns, column => Assert.Equal("OPTIONAL", Text(column, "repetition_type")));
        Assert.All(EventSchema.Columns.Zip(columns), pair => Assert.Equal(
            pair.First.Kind switch
            {
                ColumnKind.Timestamp => (
                    "INT64", """{"type":"TIMESTAMP","isAdjustedToUTC":true,"unit":"MILLIS"}""", "TIMESTAMP_MILLIS"),
                ColumnKind.Boolean => ("BOOLEAN", "", ""),
                _ => ("BYTE_ARRAY", """{"type":"STRING"}""", "UTF8"),
            },
            (Text(pair.Second, "type"), Text(pair.Second, "logical_type"), Text(pair.Second, "converted_type"))));
    }

    [Fact]
    public async Task Values_and_NULLs_are_where_the_events_have_them()
    {
        await PutAsync(
            "2024/02/01/000000.ndjson", """{"eventID":null}""", Full(7),
            """{"eventName":"","readOnly":null,"resources":[],"x":null}""");

        var file = await hyparquet.ReadAsync((await RunAsync()).Files[0]);

        Assert.All(file.Rows[0].Values, Assert.Null);
        Assert.Equal(EventSchema.Columns.Select(column => Cell(column, 7)), file.Rows[1].Values);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["event_name"] = "",
                ["resources"] = "[]",
                ["other_fields"] = """{"x": null}""",
            },
            file.Rows[2].Where(cell => cell.Value is not null).ToDictionary());
    }

    [Theory]
    [InlineData(Codec.Zstd, "ZSTD")]
    [InlineData(Codec.Snappy, "SNAPPY")]
    [InlineData(Codec.Gzip, "GZIP")]
    [InlineData(Codec.None, "UNCOMPRESSED")]
    public async Task Encodings_pages_and_codecs_are_old_ones(Codec codec, string name)
    {
        var file = await WrittenAsync(codec);

        Assert.Equal(1_500, file.Rows.Count);
        Assert.Equal(EventSchema.Columns.Select(column => Cell(column, 1_499)), file.Rows[^1].Values);
        foreach (var (column, chunk) in file.ColumnChunks)
        {
            var metadata = chunk.GetProperty("meta_data");
            string[] encodings = [.. metadata.GetProperty("encodings").EnumerateArray()
                .Select(encoding => encoding.GetString()!)];
            Assert.Equal(name, Text(metadata, "codec"));
            Assert.Empty(encodings.Except(OldEncodings));
            Assert.Equal(column.Repeats, encodings.Contains("RLE_DICTIONARY"));
            Assert.All(metadata.GetProperty("encoding_stats").EnumerateArray(), page => Assert.Contains(
                Text(page, "page_type"), (string[])["DATA_PAGE", "DICTIONARY_PAGE"]));
        }
    }

    [Fact]
    public async Task Every_page_can_be_found_and_statistics_are_on_except_on_JSON_text_ids_and_derived_columns()
    {
        var file = await WrittenAsync();

        foreach (var (column, chunk) in file.ColumnChunks)
        {
            bool prunes = column.Kind != ColumnKind.Json && !column.IsDerived
                && !column.Name.EndsWith("event_id", StringComparison.Ordinal) && column.Name != "request_id";
            Assert.Equal(prunes, chunk.GetProperty("meta_data").TryGetProperty("statistics", out var statistics)
                && statistics.TryGetProperty("max_value", out _));
            Assert.Equal(prunes, chunk.TryGetProperty("column_index_offset", out _));
            Assert.True(chunk.TryGetProperty("offset_index_offset", out _));
        }
        Assert.Contains(
            file.ColumnChunks, pair => pair.Chunk.GetProperty("meta_data").TryGetProperty("statistics", out _));
    }

    [Fact]
    public async Task The_metadata_tells_month_version_run_selection_sources_and_counts()
    {
        await PutAsync("2024/02/01/000000.ndjson", [.. Events(5), .. Events(2), "reject"]);
        await PutAsync("2024/02/02/000000.ndjson", Event("a"));

        var result = await RunAsync();

        var metadata = (await hyparquet.ReadAsync(result.Files[0])).Footer.GetProperty("key_value_metadata")
            .EnumerateArray()
            .ToDictionary(pair => Text(pair, "key"), pair => Text(pair, "value"), StringComparer.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", metadata["cloudtrail_aggregation.run"]);
        Assert.True(metadata.Remove("cloudtrail_aggregation.run"));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["cloudtrail_aggregation.version"] = "1.0.0",
                ["cloudtrail_aggregation.month"] = "2024-02",
                ["cloudtrail_aggregation.source"] = Source.Root,
                ["cloudtrail_aggregation.layout"] = "daily",
                ["cloudtrail_aggregation.accounts"] = "all",
                ["cloudtrail_aggregation.regions"] = "all",
                ["cloudtrail_aggregation.deduplicate"] = "true",
                ["cloudtrail_aggregation.source_files"] = "2",
                ["cloudtrail_aggregation.source_bytes"] = $"{result.Report.SourceBytes}",
                ["cloudtrail_aggregation.events_so_far"] = "6",
                ["cloudtrail_aggregation.duplicates_so_far"] = "2",
                ["cloudtrail_aggregation.rejects_so_far"] = "1",
                ["cloudtrail_aggregation.reject_file_bytes"] = $"{(await BytesAsync(Rejects0)).Length}",
            },
            metadata);
    }

    [Fact]
    public async Task A_row_group_ends_at_100_000_rows()
    {
        const int Lines = ParquetSink.MaxRowGroupRows + 5_000;
        await PutAsync("2024/02/01/000000.ndjson.gz", Events(Lines));

        var result = await RunAsync(new RunOptions { Threads = 2 });

        Assert.Equal(Enumerable.Range(0, Lines).Select(id => id.ToString("D6")), Ids(result.Rows));
        Assert.Equal([100_000, 5_000], RowGroups(result.Files).Select(group => group.Rows));
    }

    [Fact]
    public async Task A_row_group_of_large_events_ends_at_48_MiB_before_compression_with_any_number_of_threads()
    {
        const int Events = 1_000;
        byte[] member = Gzip(
            Encoding.UTF8.GetBytes($"{{\"eventID\":null,\"additionalEventData\":\"{new string('x', 1 << 16)}\"}}\n"));
        await PutBytesAsync(
            "2024/02/01/000000.ndjson.gz", [.. Enumerable.Repeat(member, Events).SelectMany(bytes => bytes)]);
        var files = new List<byte[]>();

        // The rows are not read back, because they have 62 MiB.
        foreach (int threads in (int[])[1, 2, 6])
        {
            var options = new RunOptions { Deduplicate = false, Threads = threads, Replace = true };
            var report = await new AggregationRun(Source, Destination, options, TimeProvider.System)
                .RunAsync(new Unit(Month), Cancellation);
            Assert.Equal(Events, report.Events);
            files.Add(await BytesAsync(Parquet0));
        }

        var groups = RowGroups([files[0]]);
        // Looked at after each 4 MiB of texts; the last page and batch are in addition.
        Assert.Equal(2, groups.Count);
        Assert.InRange(groups[0].Bytes, ParquetSink.MaxRowGroupBytes, ParquetSink.MaxRowGroupBytes + (6 << 20));
        Assert.All(files, file => Assert.Equal(files[0], file));
    }

    private static List<(long Rows, long Bytes)> RowGroups(IReadOnlyList<byte[]> files) =>
        DuckDbRows.Query(files, (duckDb, paths) =>
        {
            using var reader = duckDb.Reader($"""
                SELECT any_value(row_group_num_rows)::BIGINT, sum(total_uncompressed_size)::BIGINT
                FROM parquet_metadata({paths}) GROUP BY row_group_id ORDER BY row_group_id
                """);
            var groups = new List<(long, long)>();
            while (reader.Read())
            {
                groups.Add((reader.GetInt64(0), reader.GetInt64(1)));
            }

            return groups;
        });

    /// <summary>A file of 1,500 events, in several chunks, in which every column has a value.</summary>
    private async Task<HyparquetFile> WrittenAsync(Codec codec = Codec.Zstd)
    {
        await PutAsync("2024/02/01/000000.ndjson", [.. Enumerable.Range(0, 1_500).Select(Full)]);
        return await hyparquet.ReadAsync((await RunAsync(new RunOptions { Codec = codec, Threads = 2 })).Files[0]);
    }

    /// <summary>An event that fills every column.</summary>
    private static string Full(int number) =>
        $"{{{string.Join(',', EventSchema.MemberColumns.Select(column => Member(column, number)))}"
        + $",\"other\":{number}}}";

    private static string Member(EventColumn column, int number) => $"\"{column.Member}\":{Json(column, number)}";

    private static string Json(EventColumn column, int number) => column.Kind switch
    {
        ColumnKind.Boolean => number % 3 == 0 ? "true" : "false",
        ColumnKind.Timestamp => $"\"2024-02-01T{number / 3_600:D2}:{number / 60 % 60:D2}:{number % 60:D2}.007Z\"",
        ColumnKind.Json when column.Name == "user_identity" => IdentityWithEveryMember.Of(number),
        ColumnKind.Json => $"{{\"é\": [{number}.0, \"\\u00e9\"]}}",
        _ => column.Repeats ? $"\"{column.Member} {number % 10}\"" : $"\"{column.Member} {number} é\\\"\"",
    };

    /// <summary>The column's expected value for that event.</summary>
    private static object Cell(EventColumn column, int number) => column.Kind switch
    {
        _ when column.IsDerived => IdentityWithEveryMember.Cells(number)[column.Name],
        ColumnKind.Boolean => number % 3 == 0,
        ColumnKind.Timestamp => new DateTimeOffset(2024, 2, 1, 0, 0, 0, 7, TimeSpan.Zero).AddSeconds(number)
            .ToUnixTimeMilliseconds(),
        ColumnKind.Json => column.Member.Length == 0 ? $"{{\"other\": {number}}}" : Json(column, number),
        _ => JsonSerializer.Deserialize<string>(Json(column, number))!,
    };

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.ToString() : "";
}
