using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;
using ParquetSharp;

namespace CloudTrailAggregation.Benchmarks.Layouts;

/// <summary>The layout of a Parquet file; by default that of <see cref="ParquetSink"/>.</summary>
internal sealed record FileLayout(string Name)
{
    public long RowGroupRows { get; init; } = ParquetSink.MaxRowGroupRows;

    /// <summary>The size of a data page before compression.</summary>
    public long PageBytes { get; init; } = 1 << 20;

    /// <summary>The maximum size of a column chunk's dictionary; beyond it the rest of the chunk is PLAIN.</summary>
    public long DictionaryBytes { get; init; } = 4 << 20;

    public Compression Codec { get; init; } = Compression.Zstd;

    /// <summary>The level of zstd; ignored for the rest.</summary>
    public int Level { get; init; } = 1;

    /// <summary>The number of columns from the first; 15 for the Python original.</summary>
    public int Columns { get; init; } = EventSchema.Columns.Length;

    public Func<EventColumn, bool> Dictionary { get; init; } = column => column.Repeats;

    /// <summary>The encoding of a column without dictionary.</summary>
    public Func<EventColumn, Encoding> Encoding { get; init; } = _ => ParquetSharp.Encoding.Plain;

    /// <summary>Whether column chunks and pages have their smallest and largest value.</summary>
    public Func<EventColumn, bool> Statistics { get; init; } = column =>
        column.Kind != ColumnKind.Json && !column.IsDerived && (column.Repeats || column.Kind != ColumnKind.Text);

    public WriterProperties Properties()
    {
        using var properties = new WriterPropertiesBuilder();
        properties.DataPagesize(PageBytes).DictionaryPagesizeLimit(DictionaryBytes).MaxRowGroupLength(RowGroupRows)
            .Compression(Codec).DisableDictionary();
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
