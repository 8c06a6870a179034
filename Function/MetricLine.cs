using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation;

/// <summary>
/// Writes a month's figures as a log line that CloudWatch turns into metrics: the embedded metric format,
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// </summary>
internal static class MetricLine
{
    /// <summary>The namespace of the metrics; the template's alarms use it too.</summary>
    public const string Namespace = "CloudTrailAggregation";

    /// <summary>The dimension that separates scheduled runs from requests: <c>schedule</c> or <c>request</c>.</summary>
    private const string TriggerDimension = "Trigger";

    private static readonly string[] FunctionDimensions = ["FunctionName"];

    /// <param name="output">Standard output.</param>
    /// <param name="functionName">The function's name, a dimension of every metric.</param>
    /// <param name="report">The month's report.</param>
    /// <param name="isScheduled">
    /// Whether a schedule asked for the month: missing days of an old month that somebody requests are no alarm.
    /// </param>
    /// <param name="time">The clock.</param>
    public static void Write(Stream output, string functionName, RunReport report, bool isScheduled, TimeProvider time)
    {
        Metric[] figures =
        [
            new("EventsWritten", "Count", report.Events),
            new("Duplicates", "Count", report.Duplicates),
            new("Rejects", "Count", report.Rejects),
            new("SourceBytes", "Bytes", report.SourceBytes),
            new("OutputBytes", "Bytes", report.OutputBytes),
            new("DurationMs", "Milliseconds", report.DurationMilliseconds),
            new("IgnoredKeys", "Count", report.IgnoredKeys.Count),
            new("ObjectsWithoutEvents", "Count", report.ObjectsWithoutEvents.Count),
            new("DamagedObjects", "Count", report.DamagedObjects.Count),
            new("EmptyObjects", "Count", report.EmptyObjects),
            .. OfTrail(report),
        ];
        Metric[] byTrigger = [new("MissingDays", "Count", report.MissingDays.Count)];
        JsonLineLogger.WriteLine(output, json =>
        {
            json.WriteStartObject("_aws");
            json.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteStartArray("CloudWatchMetrics");
            WriteDirective(json, [FunctionDimensions], figures);
            WriteDirective(json, [FunctionDimensions, [.. FunctionDimensions, TriggerDimension]], byTrigger);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("FunctionName", functionName);
            json.WriteString(TriggerDimension, isScheduled ? "schedule" : "request");
            json.WriteString("month", report.Month);
            Array.ForEach([.. figures, .. byTrigger], metric => json.WriteNumber(metric.Name, metric.Value));
        });
    }

    private static IEnumerable<Metric> OfTrail(RunReport report) => report.Layout == SourceLayout.Trail
        ?
        [
            new("Accounts", "Count", report.Accounts!.Count),
            new("QuietRegions", "Count", report.QuietRegions!.Count),
            new("OpenDays", "Count", report.OpenDays.Count),
        ]
        : [];

    /// <summary>Declares which members of the line are metrics, and their sets of dimensions.</summary>
    private static void WriteDirective(Utf8JsonWriter json, string[][] dimensionSets, Metric[] metrics)
    {
        json.WriteStartObject();
        json.WriteString("Namespace", Namespace);
        json.WriteStartArray("Dimensions");
        foreach (string[] set in dimensionSets)
        {
            json.WriteStartArray();
            Array.ForEach(set, json.WriteStringValue);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var metric in metrics)
        {
            json.WriteStartObject();
            json.WriteString("Name", metric.Name);
            json.WriteString("Unit", metric.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record Metric(string Name, string Unit, long Value);
}
