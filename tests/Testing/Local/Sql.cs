using DuckDB.NET.Data;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>DuckDB, which shares no code with what wrote the files.</summary>
internal static class Sql
{
    /// <summary>The rows of a statement, each as its values' texts.</summary>
    public static List<string[]> Rows(string statement)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statement is the test's own or the one under test.
        command.CommandText = statement;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        List<string[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount)
                .Select(column => reader.IsDBNull(column) ? "NULL" : $"{reader.GetValue(column)}")]);
        }

        return rows;
    }
}
