using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Layouts;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Queries;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>
/// <c>queries</c>: measures the cost of queries over this tool's file, DuckDB's and the Python original's.
/// </summary>
internal sealed class QueriesCommand : Command
{
    private readonly CommonOptions _common = new();

    public QueriesCommand()
        : base(
            "queries",
            "Measures the bytes and the time of queries.sql over this tool's file, with and without its derived "
            + "columns, DuckDB's, and one in the Python original's layout.")
    {
        _common.AddTo(this);
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int runs = arguments.GetValue(_common.RoundCount);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        string product = _common.ProductOf(arguments);
        var month = GeneratedMonth.Standard(arguments.GetValue(_common.Events)).Below(cache, CommonOptions.Say);
        using var work = new Workspace(cache);
        string ours = MonthFiles.Ours(product, month, work);
        string original = work.File("original.parquet");
        Rewrite.Of(ours, original, KnownLayouts.Original);
        string withoutDerived = work.File("without-derived.parquet");
        Rewrite.Of(ours, withoutDerived, KnownLayouts.WithoutDerived);
        (string Name, string Path)[] files =
        [
            ("this", ours), ("without", withoutDerived), ("DuckDB", MonthFiles.DuckDb(product, month, work)),
            ("Python", original),
        ];

        var result = new ResultFile("What a file costs to query", arguments, string.Create(CultureInfo.InvariantCulture,
            $"DuckDB on one thread, median of {runs} runs of a query; "
            + $"bytes are those that its process read while the query ran (rchar of /proc/self/io), footer included"));
        result.Heading(month);
        var sizes = files.Select(file => string.Create(
            CultureInfo.InvariantCulture, $"{file.Name} {new FileInfo(file.Path).Length / 1e6:N1} MB"));
        result.Paragraph($"""
            Files: {string.Join(", ", sizes)}.
            Without: this tool's file without the derived columns. That file and Python's answer from user_identity with
            JSON functions. Python: its 15 columns, snappy, 250,000 rows; it cannot answer a query over another column
            that it lacks.
            """);
        result.Table(Costs(files, SampleQuery.All(month.Name), runs));
        result.WriteTo(arguments.GetRequiredValue(_common.Results), "queries.md");
    }

    private static MarkdownTable Costs((string Name, string Path)[] files, IReadOnlyList<SampleQuery> queries, int runs)
    {
        var table = new MarkdownTable(
            ["query", "rows", .. files.Select(file => $"{file.Name}, MB"), .. files.Select(file => $"{file.Name}, s")]);
        Asking[] asked = [.. files.Select(file => new Asking(file.Path))];
        foreach (var query in queries)
        {
            CommonOptions.Say(query.Name);
            QueryCost?[] costs = [.. asked.Select(file => file.Ask(query, runs))];
            table.Add([
                query.Name, costs[0]!.Value.Rows.ToString("N0", CultureInfo.InvariantCulture),
                .. costs.Select(cost => Number(cost?.Bytes / 1e6)), .. costs.Select(cost => Number(cost?.Seconds))]);
        }

        Array.ForEach(asked, file => file.Dispose());
        return table;
    }

    private static string Number(double? value) => value?.ToString("N2", CultureInfo.InvariantCulture) ?? "-";
}
