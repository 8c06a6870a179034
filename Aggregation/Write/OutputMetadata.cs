using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>The key-value metadata of a file that this tool writes.</summary>
internal static class OutputMetadata
{
    private const string Prefix = MetadataNames.Prefix;

    /// <summary>Adds the metadata of a file that is about to be closed.</summary>
    /// <param name="metadata">Receives the keys and values.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="events">The events of the run up to the end of this file.</param>
    /// <param name="counts">What became of the records up to the end of this file.</param>
    /// <param name="damaged">The damaged objects that were skipped up to the end of this file.</param>
    public static void Write(
        Dictionary<string, string> metadata, RunPlan plan, long events, RecordCounts counts, NamedObjects damaged)
    {
        metadata[Prefix + "version"] = ToolVersion.Text;
        metadata[Prefix + (plan.Unit.IsDay ? "day" : "month")] = plan.Unit.ToString();
        metadata[MetadataNames.Run] = plan.Fingerprint;
        foreach (var (name, value) in plan.Selection)
        {
            metadata[Prefix + name] = value;
        }

        metadata[Prefix + "source_files"] = Text(plan.Sources.Count - plan.Sources.OfDayBefore);
        metadata[Prefix + "source_bytes"] = Text(plan.Sources.Bytes - plan.Sources.BytesOfDayBefore);
        metadata[MetadataNames.Events] = Text(events);
        metadata[MetadataNames.Duplicates] = Text(counts.Duplicates);
        metadata[MetadataNames.Rejects] = Text(counts.Rejects);
        if (damaged.Count > 0)
        {
            metadata[MetadataNames.DamagedObjects] = Text(damaged.Count);
            metadata[MetadataNames.FirstDamagedObjects] =
                string.Join('\n', damaged.First.Select(SingleLine.Escaped));
        }
    }

    /// <summary>Adds what only the last file of a run keeps.</summary>
    /// <param name="metadata">Receives the keys and values.</param>
    /// <param name="rejectFileBytes">The bytes of the unit's reject file; 0 for none.</param>
    public static void WriteLast(Dictionary<string, string> metadata, long rejectFileBytes) =>
        metadata[MetadataNames.RejectFileBytes] = Text(rejectFileBytes);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
