using CloudTrailAggregation.Events;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>
/// Checks that files hold the same rows, in any order: the same number of rows, and for each column the same number of
/// values and the same sum of their hashes. JSON is compared without white space, which DuckDB drops and this tool
/// keeps.
/// </summary>
internal static class Equality
{
    /// <summary>
    /// The columns that every contestant writes: all except other_fields, which only this tool writes.
    /// </summary>
    private static readonly EventColumn[] Columns = [.. EventSchema.MemberColumns, .. EventSchema.DerivedColumns];

    /// <summary>The differences between the first file and each of the rest; empty if all files are equal.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<string> files)
    {
        using var database = new DuckDBConnection("DataSource=:memory:");
        database.Open();
        string[] expected = Sums(database, files[0]);
        var names = Columns.Select(column => column.Name).Prepend("rows");
        return [.. files.Skip(1).SelectMany(file => Sums(database, file).Zip(expected, names)
            .Where(sum => sum.First != sum.Second)
            .Select(sum =>
                $"{sum.Third}: {sum.Second} in {files[0]}, {sum.First} in {file} (values / sum of hashes)"))];
    }

    private static string[] Sums(DuckDBConnection database, string file)
    {
        using var command = database.CreateCommand();
        var sums = Columns.Select(
            column => $"count({column.Name}) || ' / ' || coalesce(sum(hash({Comparable(column)})), 0)");
        command.CommandText = $"SELECT count(*) || '', {string.Join(", ", sums)}"
            + $" FROM read_parquet('{file}', hive_partitioning = false)";
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
