namespace CloudTrailAggregation.Parquet;

/// <summary>The contents of a Parquet file's footer.</summary>
/// <param name="Uri">The file, as messages name it.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="CreatedBy">The library that wrote the file.</param>
/// <param name="Metadata">The key-value metadata.</param>
/// <param name="RowGroups">The row groups, in order.</param>
/// <param name="Columns">The columns, in order.</param>
internal sealed record FileDetails(
    string Uri,
    long Bytes,
    long Rows,
    string? CreatedBy,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<RowGroupDetails> RowGroups,
    IReadOnlyList<ColumnDetails> Columns);

/// <summary>A row group: its rows, and its bytes after and before compression.</summary>
internal sealed record RowGroupDetails(long Rows, long CompressedBytes = 0, long UncompressedBytes = 0)
{
    public RowGroupDetails And(long compressedBytes, long uncompressedBytes) => this with
    {
        CompressedBytes = CompressedBytes + compressedBytes,
        UncompressedBytes = UncompressedBytes + uncompressedBytes,
    };
}

/// <summary>
/// A column over all row groups: its bytes after and before compression, and its codecs and encodings in the order in
/// which they first occur.
/// </summary>
internal sealed record ColumnDetails(string Name, string Type, long CompressedBytes = 0, long UncompressedBytes = 0)
{
    public IReadOnlyList<string> Codecs { get; private init; } = [];

    public IReadOnlyList<string> Encodings { get; private init; } = [];

    public ColumnDetails And(
        string codec, IEnumerable<string> encodings, long compressedBytes, long uncompressedBytes) => this with
    {
        CompressedBytes = CompressedBytes + compressedBytes,
        UncompressedBytes = UncompressedBytes + uncompressedBytes,
        Codecs = [.. Codecs.Append(codec).Distinct(StringComparer.Ordinal)],
        Encodings = [.. Encodings.Concat(encodings).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>The sum with the same column of another file.</summary>
    public ColumnDetails And(ColumnDetails column) =>
        And("", column.Encodings, column.CompressedBytes, column.UncompressedBytes) with
        {
            Codecs = [.. Codecs.Union(column.Codecs, StringComparer.Ordinal)],
        };
}
