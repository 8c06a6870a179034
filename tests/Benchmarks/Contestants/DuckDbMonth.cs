using System.Globalization;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using DuckDB.NET.Data;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>The settings for DuckDB; null leaves DuckDB's default.</summary>
internal sealed record DuckDbSettings
{
    /// <summary>DuckDB's own settings.</summary>
    public static readonly DuckDbSettings Default = new() { RowGroupRows = 122_880 };

    /// <summary>
    /// Small row groups: less CPU and less than half the memory, for a file that is 1 % larger. <c>duckdb-settings</c>
    /// compares more settings.
    /// </summary>
    public static readonly DuckDbSettings Fastest = new() { RowGroupRows = 20_480 };

    /// <summary>Rows of a row group.</summary>
    public required long RowGroupRows { get; init; }

    /// <summary>
    /// The maximum length of a line in bytes; DuckDB's buffers are twice as large. DuckDB's default is 16 MiB.
    /// </summary>
    public long? MaxLineBytes { get; init; }

    /// <summary>
    /// The memory limit in DuckDB's spelling, such as <c>512MB</c>; DuckDB's default is 80 % of the machine's memory.
    /// </summary>
    public string? MemoryLimit { get; init; }

    /// <summary>The codec, by DuckDB's name. Level 1 is used for zstd; snappy has no level.</summary>
    public string Codec { get; init; } = "zstd";

    /// <summary>The options of the <c>duckdb</c> command.</summary>
    public IReadOnlyList<string> Options =>
    [
        "--row-group-rows", RowGroupRows.ToString(CultureInfo.InvariantCulture),
        .. MaxLineBytes is { } bytes
            ? (string[])["--max-line-bytes", bytes.ToString(CultureInfo.InvariantCulture)]
            : [],
        .. MemoryLimit is { } limit ? (string[])["--memory-limit", limit] : [],
    ];
}

/// <summary>Writes a month with DuckDB: every column except other_fields, in one statement.</summary>
internal static class DuckDbMonth
{
    /// <summary>The list of what <see cref="DerivedSql"/> finds in userIdentity.</summary>
    private const string Found = "found";

    private static EventColumn[] Columns => EventSchema.MemberColumns;

    /// <summary>Writes a month's records into one Parquet file.</summary>
    /// <param name="month">The month's directory, which holds the directories of its days.</param>
    /// <param name="file">The path of the Parquet file.</param>
    /// <param name="threads">DuckDB's threads.</param>
    /// <param name="settings">The other settings.</param>
    public static void Write(string month, string file, int threads, DuckDbSettings settings)
    {
        using var database = new DuckDBConnection("DataSource=:memory:");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = Script(month, file, threads, settings);
        command.ExecuteNonQuery();
    }

    public static string Script(string month, string file, int threads, DuckDbSettings settings)
    {
        string limit = settings.MemoryLimit is { } memory ? $"SET memory_limit = '{memory}';\n" : "";
        string maxLine = settings.MaxLineBytes is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $", maximum_object_size = {bytes}")
            : "";
        string level = settings.Codec == "zstd" ? ", COMPRESSION_LEVEL 1" : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
            SET threads = {threads};
            SET preserve_insertion_order = false;
            {limit}COPY (
                SELECT {string.Join(", ", [.. Columns.Select(Member), .. EventSchema.DerivedColumns.Select(Derived)])}
                FROM (
                    SELECT *, {DerivedSql.FindAll("\"userIdentity\"")} AS {Found}
                    FROM read_ndjson('{month}/*/*.ndjson.gz', columns = {Types()}{maxLine})))
            TO '{file}' (FORMAT parquet, COMPRESSION {settings.Codec}{level}, ROW_GROUP_SIZE {settings.RowGroupRows});
            """);
    }

    private static string Member(EventColumn column) => $"\"{column.Member}\" AS {column.Name}";

    private static string Derived(EventColumn column) => $"{DerivedSql.Of(column, Found)} AS {column.Name}";

    private static string Types() =>
        "{" + string.Join(", ", Columns.Select(column => $"'{column.Member}': '{Type(column.Kind)}'")) + "}";

    private static string Type(ColumnKind kind) => kind switch
    {
        ColumnKind.Timestamp => "TIMESTAMP",
        ColumnKind.Boolean => "BOOLEAN",
        ColumnKind.Json => "JSON",
        _ => "VARCHAR",
    };
}
