using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Whole months: two of a real trail, and the generated one in tests/data. Every cell is compared with what other
/// readers find.
/// </summary>
public abstract class RealMonthTests(MonthStores stores) : RealMonthTest(stores)
{
    private static readonly string[] CallerMembers =
        ["sessionContext.sessionIssuer.arn", "arn", "invokedBy", "userName", "principalId", "type"];

    [Theory]
    [InlineData("2021-07", 11_805, 2_463, 0, 9_342)]
    [InlineData("2023-07", 2_900, 0, 0, 2_900)]
    [InlineData(Sample, 614, 12, 2, 600)]
    public async Task Every_cell_equals_what_JsonDocument_reads(
        string month, int lines, int duplicates, int rejects, int events)
    {
        string directory = await PutMonthAsync(month);
        var expected = ExpectedRows.Of(directory);

        var result = await RunAsync(new RunOptions { Threads = 2 }, month: MonthOf(month));

        Assert.Equal((lines, duplicates, rejects), (expected.Lines, expected.Duplicates, expected.Rejects));
        Assert.Equal(
            (lines, events, duplicates, rejects),
            (result.Report.Lines, result.Report.Events, result.Report.Duplicates, result.Report.Rejects));
        AssertSame(expected.Rows, result.Rows);
    }

    [Theory]
    [InlineData("2021-07")]
    [InlineData("2023-07")]
    public async Task Every_cell_equals_what_DuckDB_reads_from_the_lines(string month)
    {
        string directory = await PutMonthAsync(month);

        var result = await RunAsync(month: MonthOf(month));

        string[] conditions = [.. EventSchema.Columns.Select(
            column => $"count(*) FILTER (WHERE ({OfDuckDb(column)}) IS DISTINCT FROM ({OfRow(column)}))")];
        object[] counts = DuckDbRows.Query(result.Files, (duckDb, paths) => duckDb.Row(
            $"""
            WITH line AS (
                SELECT row_number() OVER () AS number, json, json::VARCHAR AS text, parse_path(filename)[-2]::INT AS day
                FROM read_ndjson_objects('{directory}/*/*.gz', filename = true)),
            kept AS (
                SELECT row_number() OVER (ORDER BY number) AS place, json FROM line
                WHERE NOT EXISTS (
                    FROM line AS earlier
                    WHERE earlier.text = line.text AND earlier.number < line.number AND earlier.day >= line.day - 1)),
            written AS (
                SELECT row_number() OVER () AS place, * FROM read_parquet({paths}))
            SELECT count(*), count(kept.place), count(written.place), {string.Join(", ", conditions)}
            FROM kept FULL JOIN written USING (place)
            """));
        Assert.All(counts.Take(3), count => Assert.Equal(result.Report.Events, count));
        Assert.All(
            EventSchema.Columns.Zip(counts.Skip(3)),
            pair => Assert.True(0L.Equals(pair.Second), $"{pair.First.Name}: {pair.Second} cells differ"));
    }

    /// <summary>
    /// The member's value in the line, read by DuckDB's JSON functions; JSON is compared without white space.
    /// </summary>
    private static string OfDuckDb(EventColumn column) => (column.Kind, column.Member) switch
    {
        (ColumnKind.Text, "") => "coalesce("
            + string.Join(", ", CallerMembers.Select(member => $"nullif(json->>'$.userIdentity.{member}', '')")) + ")",
        (_, "") => "nullif(list_sort(list_filter(json_keys(json), name -> name NOT IN "
            + $"({string.Join(", ", EventSchema.MemberColumns.Select(known => $"'{known.Member}'"))}))), [])",
        (ColumnKind.Json, _) => $"nullif((json->'$.{column.Member}')::VARCHAR, 'null')",
        (ColumnKind.Boolean, _) => $"(json->>'$.{column.Member}')::BOOLEAN",
        (ColumnKind.Timestamp, _) => $"epoch_ms(strptime(json->>'$.{column.Member}', '%Y-%m-%dT%H:%M:%SZ'))",
        _ => $"json->>'$.{column.Member}'",
    };

    private static string OfRow(EventColumn column) => (column.Kind, column.Member) switch
    {
        (ColumnKind.Json, "") => "list_sort(json_keys(other_fields::JSON))",
        (ColumnKind.Json, _) => $"json({column.Name})::VARCHAR",
        (ColumnKind.Timestamp, _) => $"epoch_ms({column.Name})",
        _ => column.Name,
    };
}
