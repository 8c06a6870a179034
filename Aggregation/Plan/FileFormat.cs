namespace CloudTrailAggregation.Plan;

/// <summary>The format of the files that a run writes.</summary>
internal static class FileFormat
{
    /// <summary>
    /// Part of each fingerprint: raise it whenever the same source gives other bytes, so that the runs after it write
    /// the units again instead of leaving them unchanged. A test with a recorded hash fails otherwise.
    /// </summary>
    public const int Version = 1;
}
