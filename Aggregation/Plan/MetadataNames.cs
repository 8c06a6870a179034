namespace CloudTrailAggregation.Plan;

/// <summary>Names in the key-value metadata of this tool's files.</summary>
internal static class MetadataNames
{
    /// <summary>The start of every name.</summary>
    public const string Prefix = "cloudtrail_aggregation.";

    /// <summary>The run's fingerprint, which all files of one run share.</summary>
    public const string Run = Prefix + "run";

    /// <summary>The run's counts up to the end of the file.</summary>
    public const string Events = Prefix + "events_so_far",
        Duplicates = Prefix + "duplicates_so_far",
        Rejects = Prefix + "rejects_so_far",
        DamagedObjects = Prefix + "damaged_objects_so_far";

    /// <summary>The bytes of the unit's reject file, in the last Parquet file of the run; 0 for none.</summary>
    public const string RejectFileBytes = Prefix + "reject_file_bytes";

    /// <summary>The first damaged objects, escaped, one a line.</summary>
    public const string FirstDamagedObjects = Prefix + "first_damaged_objects";
}
