using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Plan;

/// <summary>The settings of a run that hold for every unit.</summary>
public sealed record RunOptions
{
    /// <summary>What a run reads of its source: by default all, in the layout that the source has.</summary>
    public SourceSelection Selection { get; init; } = new();

    /// <summary>What is written and committed by itself: a month, the default, or each of its days.</summary>
    public UnitKind Unit { get; init; }

    /// <summary>The maximum number of rows in a file; 0, the default, means one file for each unit.</summary>
    public long RowsPerFile { get; init; }

    /// <summary>The compression of the Parquet files; zstd by default.</summary>
    public Codec Codec { get; init; } = Codec.Zstd;

    /// <summary>Whether exact copies of a record are dropped; true by default.</summary>
    public bool Deduplicate { get; init; } = true;

    /// <summary>
    /// The maximum share of the records, and of their bytes, that may be rejects: 0 to 100 percent, 1 by default.
    /// </summary>
    public double MaxRejectedPercent { get; init; } = 1;

    /// <summary>What a damaged source object means for the run; it fails the run by default.</summary>
    public DamagedObjects DamagedObjects { get; init; }

    /// <summary>
    /// Threads that read and encode: at least 1, the default. The output's bytes do not depend on it.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether a run may replace a unit's files by files with fewer events; false by default.</summary>
    public bool Replace { get; init; }
}

/// <summary>What a run writes and commits by itself.</summary>
public enum UnitKind
{
    /// <summary>A month.</summary>
    Month,

    /// <summary>A day.</summary>
    Day,
}

/// <summary>What a source object means that cannot be unpacked or framed.</summary>
public enum DamagedObjects
{
    /// <summary>It fails the run.</summary>
    Fail,

    /// <summary>It contributes nothing; report and file name it.</summary>
    Skip,
}
