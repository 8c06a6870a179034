using System.Data.Common;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using DuckDB.NET.Data;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Reads Parquet files with DuckDB, which shares no code with the writer. A row has its values by column, in the order
/// of the columns: null, string, bool, or long (milliseconds since 1970).
/// </summary>
internal static class DuckDbRows
{
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Read(IReadOnlyList<byte[]> files) =>
        files.Count == 0 ? [] : Query(files, (duckDb, paths) =>
        {
            using var reader = duckDb.Reader(
                $"SELECT * REPLACE (epoch_ms(event_time) AS event_time) FROM read_parquet({paths})");
            Assert.Equal(
                EventSchema.Columns.Select(column => column.Name),
                Enumerable.Range(0, reader.FieldCount).Select(reader.GetName));
            var rows = new List<IReadOnlyDictionary<string, object?>>();
            while (reader.Read())
            {
                var row = new Dictionary<string, object?>(reader.FieldCount, StringComparer.Ordinal);
                for (int column = 0; column < reader.FieldCount; column++)
                {
                    row[reader.GetName(column)] = reader.IsDBNull(column) ? null : reader.GetValue(column);
                }

                rows.Add(row);
            }
            return rows;
        });

    /// <summary>Rows in each file.</summary>
    public static IReadOnlyList<long> Counts(IReadOnlyList<byte[]> files) =>
        files.Count == 0 ? [] : Query(files, (duckDb, paths) =>
            duckDb.Column<long>($"SELECT num_rows FROM parquet_file_metadata({paths}) ORDER BY file_name"));

    /// <summary>Key-value metadata of one file.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(byte[] file) => Query([file], (duckDb, paths) =>
        duckDb.Column<string>($"SELECT decode(key) || '=' || decode(value) FROM parquet_kv_metadata({paths})")
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));

    /// <summary>Runs a query over the files; it gets their paths as an SQL list.</summary>
    public static T Query<T>(IReadOnlyList<byte[]> files, Func<DuckDb, string, T> query)
    {
        var directory = Directory.CreateTempSubdirectory("rows");
        try
        {
            for (int file = 0; file < files.Count; file++)
            {
                File.WriteAllBytes(Path.Combine(directory.FullName, $"{file:D6}.parquet"), files[file]);
            }

            using var duckDb = new DuckDb();
            var paths = Enumerable.Range(0, files.Count).Select(file => $"'{directory.FullName}/{file:D6}.parquet'");
            return query(duckDb, $"[{string.Join(", ", paths)}]");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}

/// <summary>
/// A connection to one in-memory DuckDB for all tests, because starting one costs more than most queries.
/// </summary>
internal sealed class DuckDb : IDisposable
{
    private const string Shared = "DataSource=:memory:?cache=shared";

    private static readonly DuckDBConnection KeepsItOpen = new(Shared);

    private readonly DuckDBConnection _connection = new(Shared);

    static DuckDb() => KeepsItOpen.Open();

    public DuckDb() => _connection.Open();

    public DbDataReader Reader(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteReader();
    }

    public IReadOnlyList<T> Column<T>(string sql)
    {
        using var reader = Reader(sql);
        var values = new List<T>();
        while (reader.Read())
        {
            values.Add(reader.GetFieldValue<T>(0));
        }

        return values;
    }

    /// <summary>The values of the one row.</summary>
    public object[] Row(string sql)
    {
        using var reader = Reader(sql);
        Assert.True(reader.Read());
        object[] values = new object[reader.FieldCount];
        reader.GetValues(values);
        return values;
    }

    public void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    private DuckDBCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
