using System.Data.Common;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Docs;

/// <summary>The statements for DuckDB in docs/query.md, run unchanged over two months.</summary>
public sealed partial class QueryPageTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task Year_and_month_come_from_the_path_and_only_the_month_asked_for_is_read()
    {
        await WriteTwoMonthsAsync();
        var (view, query, _) = Statements();

        var counts = Sql.Rows(view + query);
        string plan = string.Concat(Sql.Rows(view + "EXPLAIN ANALYZE " + query).SelectMany(row => row));
        var all = Sql.Rows(view + "SELECT year, month, count(*) FROM cloudtrail_events GROUP BY ALL ORDER BY ALL");

        Assert.Equal([["2024", "02", "2"]], counts);
        Assert.Equal([["2024", "02", "2"], ["2024", "03", "1"]], all);
        Assert.Contains("Scanning Files: 1/2", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_of_a_version_before_the_derived_columns_is_read_beside_others_with_NULL_in_them()
    {
        await WriteTwoMonthsAsync();
        var (view, _, _) = Statements();
        string march = Path.Combine(_months.Destination, "2024/03/000000.parquet");
        string derived = string.Join(", ", EventSchema.DerivedColumns.Select(column => column.Name));
        string older = march.Replace("'", "''", StringComparison.Ordinal);
        Sql.Rows($"""
            CREATE TABLE older AS SELECT * EXCLUDE ({derived}) FROM '{older}';
            COPY older TO '{older}' (FORMAT parquet);
            """);

        var callers = Sql.Rows(
            view + "SELECT month, count(*), count(caller) FROM cloudtrail_events GROUP BY ALL ORDER BY ALL");

        Assert.Equal([["02", "2", "1"], ["03", "1", "0"]], callers);
        Assert.ThrowsAny<DbException>(() => Sql.Rows(
            view.Replace(", union_by_name = true", "", StringComparison.Ordinal)
                + "SELECT count(caller) FROM cloudtrail_events"));
    }

    [Fact]
    public async Task Cells_that_are_too_long_for_Redshift_are_counted()
    {
        await WriteTwoMonthsAsync();
        var (_, _, cells) = Statements();

        Assert.Equal([["1", "0", "0", "0"]], Sql.Rows(cells));
    }

    private async Task WriteTwoMonthsAsync()
    {
        string parameters = $"\"{new string('x', 65_534)}\"";
        string longest =
            $$"""{"eventID":"3","eventTime":"2024-02-01T12:00:00Z","requestParameters":{{parameters}}}""";
        _months.Write("2024/02/01/000000.ndjson", Months.Event(1), longest, "a reject");
        _months.Write("2024/03/01/000000.ndjson", Months.Event(2, time: "2024-03-01T12:00:00Z"));
        string[] both =
        [
            "aggregate", "--source", _months.Source, "--destination", _months.Destination, "--from", "2024-02", "--to",
            "2024-03",
        ];
        Assert.Equal(0, (await CommandLineRun.OfAsync(both)).ExitCode);
    }

    /// <summary>The page's statements, over this test's files.</summary>
    private (string View, string Query, string Cells) Statements()
    {
        string page = File.ReadAllText(Repository.File("docs", "query.md"));
        string files = _months.Destination.Replace("'", "''", StringComparison.Ordinal);
        string[] statements = [.. DuckDb().Matches(page)
            .Select(match => match.Groups["sql"].Value.Replace("'out/", $"'{files}/", StringComparison.Ordinal))];
        Assert.Equal(3, statements.Length);
        return (statements[0], statements[1], statements[2]);
    }

    [GeneratedRegex(
        "```sql\n-- DuckDB\n(?<sql>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DuckDb();
}
