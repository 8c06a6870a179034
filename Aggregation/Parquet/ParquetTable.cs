using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using ParquetSharp;

namespace CloudTrailAggregation.Parquet;

/// <summary>Reads the footer and the rows of a Parquet file in a store, written by this tool or any other.</summary>
internal sealed class ParquetTable : IDisposable
{
    /// <summary>
    /// The bytes of a column chunk that one request fetches. Reading needs this much memory for each open column,
    /// however large a row group is.
    /// </summary>
    private const long BufferBytes = 1 << 20;

    private readonly ParquetInput _stream;
    private readonly ParquetFileReader _reader;
    private readonly FileMetaData _metadata;

    /// <exception cref="AggregationException">The file is no Parquet file, or cannot be read.</exception>
    public ParquetTable(IObjectStore store, StoredObject file, CancellationToken cancellation)
    {
        (File, Uri) = (file, store.UriOf(file.Key));
        _stream = new ParquetInput(store, file, cancellation);
        using var properties = ReaderProperties.GetDefaultReaderProperties();
        properties.EnableBufferedStream();
        properties.BufferSize = BufferBytes;
        _reader = Call(() => new ParquetFileReader(_stream, properties, leaveOpen: true));
        _metadata = _reader.FileMetaData;
        Columns =
        [
            .. Enumerable.Range(0, _metadata.NumColumns).Select(column => ColumnOf(_metadata.Schema.Column(column))),
        ];
    }

    public StoredObject File { get; }

    public string Uri { get; }

    public long Rows => _metadata.NumRows;

    public int RowGroups => _metadata.NumRowGroups;

    /// <summary>The key-value metadata; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata =>
        _metadata.KeyValueMetadata ?? new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The index of a column; -1 if no column has the name.</summary>
    public int IndexOf(string name) => Columns.Index()
        .Where(item => item.Item.Name == name)
        .Select(item => item.Index)
        .FirstOrDefault(-1);

    /// <summary>The rows from the first on, with the values of these columns, none of which may be repeated.</summary>
    public ParquetRows ReadRows(IReadOnlyList<int> columns) => new(this, columns);

    public FileDetails Details() => Call(() =>
    {
        var groups = new List<RowGroupDetails>();
        var columns = Columns.Select(column => new ColumnDetails(column.Name, column.Type)).ToArray();
        for (int group = 0; group < RowGroups; group++)
        {
            using var rows = _reader.RowGroup(group);
            var details = new RowGroupDetails(rows.MetaData.NumRows);
            for (int column = 0; column < columns.Length; column++)
            {
                using var chunk = rows.MetaData.GetColumnChunkMetaData(column);
                details = details.And(chunk.TotalCompressedSize, chunk.TotalUncompressedSize);
                columns[column] = columns[column].And(
                    chunk.Compression.ToString(), chunk.Encodings.Select(encoding => encoding.ToString()),
                    chunk.TotalCompressedSize, chunk.TotalUncompressedSize);
            }

            groups.Add(details);
        }

        return new FileDetails(Uri, File.Size, Rows, _metadata.CreatedBy, Metadata, groups, columns);
    });

    public void Dispose()
    {
        _metadata.Dispose();
        _reader.Dispose();
        _stream.Dispose();
    }

    internal RowGroupReader OpenRowGroup(int group) => Call(() => _reader.RowGroup(group));

    internal T Call<T>(Func<T> read) =>
        ParquetCall.Run(_stream.Failure, read, cause => new NotParquetException(
            $"{Uri} cannot be read as a Parquet file: {cause.Message.Split('\n')[0]}", cause));

    private static TableColumn ColumnOf(ColumnDescriptor column)
    {
        using var logical = column.LogicalType;
        string physical = column.PhysicalType.ToString().ToLowerInvariant();
        var (type, ticks) = logical switch
        {
            TimestampLogicalType { TimeUnit: TimeUnit.Millis } time =>
                ($"timestamp (ms{Utc(time)})", TimeSpan.TicksPerMillisecond),
            TimestampLogicalType { TimeUnit: TimeUnit.Micros } time =>
                ($"timestamp (us{Utc(time)})", TimeSpan.TicksPerMicrosecond),
            TimestampLogicalType time => ($"timestamp (ns{Utc(time)})", 0),
            { Type: LogicalTypeEnum.String } => ("string", 0L),
            { Type: LogicalTypeEnum.None or LogicalTypeEnum.Undefined } => (physical, 0),
            _ => ($"{logical.Type.ToString().ToLowerInvariant()} ({physical})", 0),
        };
        return new TableColumn(
            column.Path.ToDotString(),
            type,
            IsText: column.PhysicalType == PhysicalType.ByteArray,
            IsRepeated: column.MaxRepetitionLevel > 0,
            ticks);
    }

    private static string Utc(TimestampLogicalType time) => time.IsAdjustedToUtc ? ", UTC" : "";
}

/// <summary>A file is not Parquet, or is damaged.</summary>
public sealed class NotParquetException(string message, Exception? innerException = null)
    : AggregationException(message, innerException);

/// <summary>A column of a table, as far as readers need it.</summary>
/// <param name="Name">The column's name; for a nested column its path, joined by dots.</param>
/// <param name="Type">The column's type in words.</param>
/// <param name="IsText">Whether values are bytes of any length.</param>
/// <param name="IsRepeated">Whether a row can have several values; the tool does not read such a column.</param>
/// <param name="TicksPerUnit">For a time, the 100 ns ticks of its unit; otherwise 0.</param>
internal sealed record TableColumn(string Name, string Type, bool IsText, bool IsRepeated, long TicksPerUnit);
