using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using ParquetSharp;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>How a Parquet file is laid out: what <see cref="ParquetSink"/> does, unless said otherwise.</summary>
internal sealed record FileLayout(string Name)
{
    public long RowGroupRows { get; init; } = ParquetSink.MaxRowGroupRows;

    /// <summary>Of a data page, before compression.</summary>
    public long PageBytes { get; init; } = 1 << 20;

    /// <summary>Of a column chunk's dictionary; a larger one is given up.</summary>
    public long DictionaryBytes { get; init; } = 4 << 20;

    public Compression Codec { get; init; } = Compression.Zstd;

    /// <summary>Of zstd; the others have none.</summary>
    public int Level { get; init; } = 1;

    /// <summary>Columns from the first: 33, or the Python original's 15.</summary>
    public int Columns { get; init; } = EventSchema.Columns.Length;

    public Func<EventColumn, bool> Dictionary { get; init; } = column => column.Repeats;

    /// <summary>Of a column without dictionary.</summary>
    public Func<EventColumn, Encoding> Encoding { get; init; } = _ => ParquetSharp.Encoding.Plain;

    /// <summary>Smallest and largest value, of column chunks and of pages.</summary>
    public Func<EventColumn, bool> Statistics { get; init; } = column => column.Kind != ColumnKind.Json;

    public WriterProperties Properties()
    {
        using var properties = new WriterPropertiesBuilder();
        properties.DataPagesize(PageBytes).DictionaryPagesizeLimit(DictionaryBytes).MaxRowGroupLength(RowGroupRows).Compression(Codec).DisableDictionary();
        if (Codec == Compression.Zstd)
        {
            properties.CompressionLevel(Level);
        }

        foreach (var column in EventSchema.Columns.Take(Columns))
        {
            if (Dictionary(column))
            {
                properties.EnableDictionary(column.Name);
            }
            else
            {
                properties.Encoding(column.Name, Encoding(column));
            }

            if (!Statistics(column))
            {
                properties.DisableStatistics(column.Name).DisableWritePageIndex(column.Name);
            }
        }

        return properties.Build();
    }
}
