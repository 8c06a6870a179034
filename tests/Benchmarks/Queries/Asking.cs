using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Events;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Queries;

/// <summary>The cost of a query.</summary>
/// <param name="Bytes">
/// Bytes that the process read while the query ran, footer included: what an engine would read from S3.
/// </param>
/// <param name="Seconds">The median of the runs, in seconds.</param>
/// <param name="Rows">Rows of the result.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueryCost(long Bytes, double Seconds, long Rows);

/// <summary>Runs queries with DuckDB, on one thread, over Parquet files.</summary>
internal sealed class Asking : IDisposable
{
    private readonly DuckDBConnection _database = new("DataSource=:memory:");
    private readonly string[] _absent;

    /// <param name="files">The path of a file, or a pattern.</param>
    public Asking(string files)
    {
        _database.Open();
        Execute("SET threads = 1; SET TimeZone = 'UTC'; SET enable_external_file_cache = false;");
        var columns = ColumnsOf(files);
        _absent = [.. EventSchema.Columns.Select(column => column.Name).Except(columns, StringComparer.Ordinal)];
        string absent = string.Concat(
            EventSchema.Columns.Where(column => _absent.Contains(column.Name))
                .Select(column => (column.Name, Text: column.IsDerived ? InUserIdentity(column) : "NULL::VARCHAR"))
                .Select(column => $", {column.Text} AS {column.Name}"));
        _absent = [.. _absent.Except(EventSchema.DerivedColumns.Select(column => column.Name), StringComparer.Ordinal)];
        Execute($"CREATE VIEW cloudtrail_events AS SELECT *{absent}, '2024' AS year, '02' AS month"
            + $" FROM read_parquet('{files}', hive_partitioning = false)");
        Execute(SampleQuery.Dialect);
    }

    /// <summary>Measures a query; null if the files lack a column of its conditions.</summary>
    public QueryCost? Ask(SampleQuery query, int runs)
    {
        if (!query.CanAsk(_absent))
        {
            return null;
        }

        var (bytes, rows) = (0L, 0L);
        double[] seconds = new double[runs];
        for (int run = 0; run < runs; run++)
        {
            long before = BytesRead();
            long start = Stopwatch.GetTimestamp();
            rows = Count(query.Text);
            seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            bytes = BytesRead() - before;
        }

        return new QueryCost(bytes, Ratio.Of(seconds).Median, rows);
    }

    public void Dispose() => _database.Dispose();

    /// <summary>A derived column by JSON functions, as somebody must ask who has files without these columns.</summary>
    private static string InUserIdentity(EventColumn column) =>
        column.Name == EventSchema.Columns[EventSchema.Caller].Name
            ? $"coalesce({string.Join(", ", EventSchema.CallerSources.Select(
                source => $"nullif({InUserIdentity(EventSchema.Columns[source])}, '')"))})"
        : column.Kind == ColumnKind.Boolean
            ? $"CAST(json_extract_string(user_identity, '{DerivedSql.PathOf(column)}') AS BOOLEAN)"
        : $"json_extract_string(user_identity, '{DerivedSql.PathOf(column)}')";

    /// <summary>Bytes that this process read by read(2) and pread(2), from the page cache too.</summary>
    private static long BytesRead()
    {
        const string Field = "rchar:";
        string line = File.ReadLines("/proc/self/io").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..], CultureInfo.InvariantCulture);
    }

    private List<string> ColumnsOf(string files)
    {
        using var command = _database.CreateCommand();
        command.CommandText = $"DESCRIBE SELECT * FROM read_parquet('{files}', hive_partitioning = false)";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private long Count(string query)
    {
        using var command = _database.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        long rows = 0;
        while (reader.Read())
        {
            rows++;
        }

        return rows;
    }

    private void Execute(string sql)
    {
        using var command = _database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
