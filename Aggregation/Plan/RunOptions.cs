using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Plan;

/// <summary>What a run does the same way for every month.</summary>
public sealed record RunOptions
{
    /// <summary>Rows in a file before the next one is begun; 0, the default: one file a month.</summary>
    public long RowsPerFile { get; init; }

    /// <summary>The compression of the Parquet files; the default is zstd.</summary>
    public Codec Codec { get; init; } = Codec.Zstd;

    /// <summary>Whether exact copies of a line are dropped; true is the default.</summary>
    public bool Deduplicate { get; init; } = true;

    /// <summary>The share of the records, and of their bytes, that may be rejects: 0 to 100 percent, 1 by default.</summary>
    public double MaxRejectedPercent { get; init; } = 1;

    /// <summary>Threads that read and encode, from 1; the output's bytes do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether a month may be replaced by one with fewer events; false is the default.</summary>
    public bool Replace { get; init; }
}
