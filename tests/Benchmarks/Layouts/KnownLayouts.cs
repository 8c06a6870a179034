using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using ParquetSharp;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>The layouts that are compared.</summary>
internal static class KnownLayouts
{
    /// <summary>One encoding for every column that can have it, to compare the sizes of each column.</summary>
    public static readonly FileLayout[] Encodings =
    [
        new("PLAIN") { Dictionary = _ => false },
        new("dictionary") { Dictionary = column => column.Kind != ColumnKind.Boolean },
        new("DELTA, whole")
        {
            Dictionary = _ => false,
            Encoding = column => Delta(column, Encoding.DeltaLengthByteArray),
        },
        new("DELTA, by prefix")
        {
            Dictionary = _ => false,
            Encoding = column => Delta(column, Encoding.DeltaByteArray),
        },
    ];

    /// <summary>What the product's file would be without the columns that repeat what user_identity holds.</summary>
    public static readonly FileLayout WithoutDerived = new("without the derived columns")
    {
        Columns = EventSchema.FirstDerived,
    };

    /// <summary>The product's layout, then layouts that differ from it in one choice.</summary>
    public static readonly FileLayout[] Choices =
    [
        new("the product's"),
        WithoutDerived,
        new("no dictionary") { Dictionary = _ => false },
        new("no dictionary: request_parameters, response_elements") { Dictionary = RepeatsOutsideBodies },
        new("dictionary: all but event and request id")
        {
            Dictionary = column => column.Kind != ColumnKind.Boolean && column.Name is not ("event_id" or "request_id"),
        },
        new("dictionary: all but ids, of 1 MiB")
        {
            Dictionary = column => column.Kind != ColumnKind.Boolean && !IsId(column),
            DictionaryBytes = 1 << 20,
        },
        new("DELTA_LENGTH_BYTE_ARRAY: ids")
        {
            Encoding = column => IsId(column) ? Delta(column, Encoding.DeltaLengthByteArray) : Encoding.Plain,
        },
        new("DELTA_LENGTH_BYTE_ARRAY: ids, JSON")
        {
            Encoding = column => column.Kind == ColumnKind.Timestamp
                ? Encoding.Plain
                : Delta(column, Encoding.DeltaLengthByteArray),
        },
        new("DELTA_BYTE_ARRAY: JSON")
        {
            Encoding = column => column.Kind == ColumnKind.Json ? Encoding.DeltaByteArray : Encoding.Plain,
        },
        new("DELTA_BINARY_PACKED: event_time")
        {
            Encoding = column => column.Kind == ColumnKind.Timestamp ? Encoding.DeltaBinaryPacked : Encoding.Plain,
        },
        new("all DELTA") { Encoding = column => Delta(column, Encoding.DeltaLengthByteArray) },
        new("row groups of 25,000") { RowGroupRows = 25_000 },
        new("row groups of 50,000") { RowGroupRows = 50_000 },
        new("row groups of 250,000") { RowGroupRows = 250_000 },
        new("pages of 64 KiB") { PageBytes = 64 << 10 },
        new("pages of 256 KiB") { PageBytes = 256 << 10 },
        new("pages of 4 MiB") { PageBytes = 4 << 20 },
        new("no statistics") { Statistics = _ => false },
        new("statistics of every column") { Statistics = _ => true },
        new("zstd level 3") { Level = 3 },
        new("snappy") { Codec = Compression.Snappy },
    ];

    /// <summary>
    /// PyArrow's defaults over the Python original's columns. The original writes each row group as a file, which has
    /// as many bytes as one file.
    /// </summary>
    public static readonly FileLayout Original = new("the Python original's layout")
    {
        Columns = 15,
        Codec = Compression.Snappy,
        RowGroupRows = 250_000,
        DictionaryBytes = 1 << 20,
        Dictionary = column => column.Kind != ColumnKind.Boolean,
        Statistics = _ => true,
    };

    private static bool RepeatsOutsideBodies(EventColumn column) =>
        column.Repeats && column.Name is not ("request_parameters" or "response_elements");

    private static bool IsId(EventColumn column) => column.Name.EndsWith("_id", StringComparison.Ordinal);

    private static Encoding Delta(EventColumn column, Encoding texts) => column.Kind switch
    {
        ColumnKind.Boolean => Encoding.Plain,
        ColumnKind.Timestamp => Encoding.DeltaBinaryPacked,
        _ => texts,
    };
}
