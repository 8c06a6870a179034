using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Aggregation;

/// <summary>A chunk of lines, its events as columns, and the counts once it has been read. Filled again and again.</summary>
internal sealed class EventBatch : IDisposable
{
    public Chunk Chunk { get; } = new();

    public ColumnBatch Columns { get; } = new();

    /// <summary>What became of the lines up to the end of this chunk.</summary>
    public LineCounts CountsAfter { get; set; }

    public void Dispose() => Chunk.Dispose();
}
