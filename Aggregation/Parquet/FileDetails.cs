namespace CloudTrailAggregation.Parquet;

/// <summary>What a Parquet file's footer says.</summary>
/// <param name="Uri">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="CreatedBy">The library that wrote it.</param>
/// <param name="Metadata">Its key-value metadata.</param>
/// <param name="RowGroups">Its row groups.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record FileDetails(
    string Uri,
    long Bytes,
    long Rows,
    string? CreatedBy,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<RowGroupDetails> RowGroups,
    IReadOnlyList<ColumnDetails> Columns);

/// <summary>A row group: rows, and bytes after and before compression.</summary>
internal sealed record RowGroupDetails(long Rows, long CompressedBytes = 0, long UncompressedBytes = 0)
{
    public RowGroupDetails And(long compressedBytes, long uncompressedBytes) => this with
    {
        CompressedBytes = CompressedBytes + compressedBytes,
        UncompressedBytes = UncompressedBytes + uncompressedBytes,
    };
}

/// <summary>A column over all row groups: bytes after and before compression, codecs and encodings as they occur.</summary>
internal sealed record ColumnDetails(string Name, string Type, long CompressedBytes = 0, long UncompressedBytes = 0)
{
    public IReadOnlyList<string> Codecs { get; private init; } = [];

    public IReadOnlyList<string> Encodings { get; private init; } = [];

    public ColumnDetails And(string codec, IEnumerable<string> encodings, long compressedBytes, long uncompressedBytes) => this with
    {
        CompressedBytes = CompressedBytes + compressedBytes,
        UncompressedBytes = UncompressedBytes + uncompressedBytes,
        Codecs = [.. Codecs.Append(codec).Distinct(StringComparer.Ordinal)],
        Encodings = [.. Encodings.Concat(encodings).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>Together with the same column of another file.</summary>
    public ColumnDetails And(ColumnDetails other) => And("", other.Encodings, other.CompressedBytes, other.UncompressedBytes) with
    {
        Codecs = [.. Codecs.Union(other.Codecs, StringComparer.Ordinal)],
    };
}
