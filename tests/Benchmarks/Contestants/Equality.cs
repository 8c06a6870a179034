using CloudTrailAggregation.Events;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>
/// Whether files hold the same rows, in whatever order: their number, and of each column the number of values and the
/// sum of their hashes. JSON is compared without its white space, which DuckDB drops and this tool keeps.
/// </summary>
internal static class Equality
{
    /// <summary>The columns that every contestant writes: other_fields is this tool's own.</summary>
    private static readonly EventColumn[] Columns = [.. EventSchema.Columns.Where(column => column.Member.Length > 0)];

    /// <summary>What differs between the first file and each other one; nothing when they are equal.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<string> files)
    {
        using var database = new DuckDBConnection("DataSource=:memory:");
        database.Open();
        string[] expected = Sums(database, files[0]);
        return [.. files.Skip(1).SelectMany(file => Sums(database, file).Zip(expected, Columns.Select(column => column.Name).Prepend("rows"))
            .Where(sum => sum.First != sum.Second)
            .Select(sum => $"{sum.Third}: {sum.Second} in {files[0]}, {sum.First} in {file} (values / sum of hashes)"))];
    }

    private static string[] Sums(DuckDBConnection database, string file)
    {
        using var command = database.CreateCommand();
        var sums = Columns.Select(column => $"count({column.Name}) || ' / ' || coalesce(sum(hash({Comparable(column)})), 0)");
        command.CommandText = $"SELECT count(*) || '', {string.Join(", ", sums)} FROM read_parquet('{file}', hive_partitioning = false)";
        using var reader = command.ExecuteReader();
        _ = reader.Read();
        return [.. Enumerable.Range(0, Columns.Length + 1).Select(reader.GetString)];
    }

    private static string Comparable(EventColumn column) => column.Kind switch
    {
        ColumnKind.Json => $"CASE WHEN {column.Name} IS NOT NULL THEN CAST(json({column.Name}) AS VARCHAR) END",
        ColumnKind.Timestamp => $"epoch_ms({column.Name})",
        _ => column.Name,
    };
}
