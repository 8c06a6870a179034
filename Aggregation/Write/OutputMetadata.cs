using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>The key-value metadata of a file that this tool writes.</summary>
internal static class OutputMetadata
{
    /// <summary>The run's fingerprint: files of one run have the same.</summary>
    public const string Run = Prefix + "run";

    private const string Prefix = "cloudtrail_aggregation.";

    public static void Write(Dictionary<string, string> metadata, RunPlan plan, long events, RecordCounts counts)
    {
        metadata[Prefix + "version"] = ToolVersion.Text;
        metadata[Prefix + "month"] = plan.Unit.ToString();
        metadata[Run] = plan.Fingerprint;
        metadata[Prefix + "source_files"] = Text(plan.Sources.Objects.Count);
        metadata[Prefix + "source_bytes"] = Text(plan.Sources.Bytes);
        metadata[Prefix + "events_so_far"] = Text(events);
        metadata[Prefix + "duplicates_so_far"] = Text(counts.Duplicates);
        metadata[Prefix + "rejects_so_far"] = Text(counts.Rejects);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
