using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Layouts;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Queries;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>encodings</c>: measures the file with other encodings, row groups, pages and statistics.</summary>
internal sealed class EncodingsCommand : Command
{
    private readonly CommonOptions _common = new();

    public EncodingsCommand()
        : base(
            "encodings",
            "Rewrites this tool's file in other layouts, and measures their sizes and the cost of queries.sql.")
    {
        _common.AddTo(this);
        _common.RoundCount.DefaultValueFactory = _ => 3;
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int runs = arguments.GetValue(_common.RoundCount);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        string product = _common.ProductOf(arguments);

        var result = new ResultFile("The file in other layouts", arguments, string.Create(CultureInfo.InvariantCulture,
            $"CPU is that of reading the file and writing it again; "
            + $"queries are the ten of queries.sql and one over an hour, median of {runs} runs on one thread"));
        result.Paragraph("""
            The rule: an encoding newer than PLAIN, dictionary and RLE only if it saves more than 10 % of the file. The
            DELTA encodings do not. Trino (Athena's engine 3), DuckDB and Arrow read them; Spark's vectorized reader
            only from 3.3 (DELTA_LENGTH_BYTE_ARRAY by itself from 3.4), Iceberg's only since 2026, and many older
            readers not at all.
            """);
        long events = arguments.GetValue(_common.Events);
        foreach (var generated in (GeneratedMonth[])[GeneratedMonth.Standard(events), GeneratedMonth.Compact(events)])
        {
            var month = generated.Below(cache, CommonOptions.Say);
            using var work = new Workspace(cache);
            string ours = MonthFiles.Ours(product, month, work);
            result.Heading(month);
            result.Table(Columns(ours, work.File("rewritten.parquet")));
            result.Table(Choices(ours, work.File("rewritten.parquet"), SampleQuery.All(month.Name), runs));
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "encodings.md");
    }

    private static MarkdownTable Columns(string source, string target)
    {
        StoredFile[] files = [.. KnownLayouts.Encodings.Select(layout =>
        {
            CommonOptions.Say(layout.Name);
            Rewrite.Of(source, target, layout);
            return new StoredFile(target);
        })];
        var table = new MarkdownTable(["column, MB", .. KnownLayouts.Encodings.Select(layout => layout.Name)]);
        var bySize = EventSchema.Columns.Index().OrderByDescending(column => files[0].ColumnBytes[column.Index]);
        foreach (var (index, column) in bySize)
        {
            table.Add([column.Name, .. files.Select(file => Number(file.ColumnBytes[index] / 1e6, 2))]);
        }

        table.Add(["all", .. files.Select(file => Number(file.Bytes / 1e6, 2))]);
        return table;
    }

    private static MarkdownTable Choices(string source, string target, IReadOnlyList<SampleQuery> queries, int runs)
    {
        var table = new MarkdownTable(
            "layout", "file, MB", "of the product's", "CPU, s", "footer, KB",
            "queries, MB", "queries, s", "an hour, MB");
        long productBytes = 0;
        foreach (var layout in KnownLayouts.Choices)
        {
            CommonOptions.Say(layout.Name);
            var before = Environment.CpuUsage.TotalTime;
            Rewrite.Of(source, target, layout);
            var cpu = Environment.CpuUsage.TotalTime - before;
            var file = new StoredFile(target);
            productBytes = productBytes == 0 ? file.Bytes : productBytes;
            using var asking = new Asking(target);
            QueryCost[] costs = [.. queries.Select(query => asking.Ask(query, runs)!.Value)];
            table.Add(
                layout.Name, Number(file.Bytes / 1e6, 1),
                ((double)file.Bytes / productBytes).ToString("P1", CultureInfo.InvariantCulture),
                Number(cpu.TotalSeconds, 1), Number(file.FooterBytes / 1e3, 0),
                Number(costs.Sum(cost => cost.Bytes) / 1e6, 1), Number(costs.Sum(cost => cost.Seconds), 1),
                Number(costs[^1].Bytes / 1e6, 2));
        }

        return table;
    }

    private static string Number(double value, int digits) =>
        value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
