namespace CloudTrailAggregation.Plan;

/// <summary>Names in the key-value metadata of this tool's files.</summary>
internal static class MetadataNames
{
    /// <summary>The start of every name.</summary>
    public const string Prefix = "cloudtrail_aggregation.";

    /// <summary>The run's fingerprint, which all files of one run share.</summary>
    public const string Run = Prefix + "run";
}
