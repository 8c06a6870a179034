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
        bool isWritten = report.Status == RunStatus.Written;
        Metric[] figures =
        [
            new("EventsWritten", "Count", isWritten ? report.Events : 0),
            new("Duplicates", "Count", report.Duplicates),
            new("Rejects", "Count", report.Rejects),
            new("NewRejects", "Count", report.NewRejects),
            new("SourceBytes", "Bytes", report.SourceBytes),
            new("OutputBytes", "Bytes", report.OutputBytes),
            .. Duration(report),
            new("IgnoredKeys", "Count", report.IgnoredKeys.Count),
            new("DamagedObjects", "Count", report.DamagedObjects.Count),
            new("NewDamagedObjects", "Count", report.NewDamagedObjects),
            new("EmptyObjects", "Count", report.EmptyObjects),
            .. OfTrail(report),
        ];
        Metric[] byTrigger =
        [
            new("MissingDays", "Count", report.MissingDays.Count),
            new("ObjectsWithoutEvents", "Count", report.ObjectsWithoutEvents.Count),
        ];
        WriteLine(output, functionName, report.Month, time, isScheduled, figures, byTrigger);
    }

    /// <summary>
    /// Writes that a month failed, with the time of the failure. Lambda's own metric of errors has the time at which
    /// the invocation started, up to 15 minutes before.
    /// </summary>
    public static void WriteFailure(
        Stream output, string functionName, Month month, bool isScheduled, TimeProvider time) =>
        WriteLine(output, functionName, month.ToString(), time, isScheduled, [new("FailedRuns", "Count", 1)], []);

    /// <summary>Writes whether a month was written: 1 or 0.</summary>
    public static void WriteWatch(Stream output, string functionName, WrittenMonth month, TimeProvider time) =>
        WriteLine(
            output, functionName, month.Month, time, isScheduled: false,
            [new("LastMonthWritten", "Count", month.IsWritten ? 1 : 0)], []);

    /// <param name="output">Standard output.</param>
    /// <param name="functionName">The function's name.</param>
    /// <param name="month">The month, a member of the line.</param>
    /// <param name="time">The clock, which stamps the metrics.</param>
    /// <param name="isScheduled">The value of the dimension of the trigger.</param>
    /// <param name="figures">Metrics with the function's name alone.</param>
    /// <param name="byTrigger">Metrics with the function's name alone, and again with the trigger.</param>
    private static void WriteLine(
        Stream output,
        string functionName,
        string month,
        TimeProvider time,
        bool isScheduled,
        Metric[] figures,
        Metric[] byTrigger) => JsonLineLogger.WriteLine(output, json =>
    {
        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics");
        WriteDirective(json, [FunctionDimensions], figures);
        if (byTrigger.Length > 0)
        {
            WriteDirective(json, [FunctionDimensions, [.. FunctionDimensions, TriggerDimension]], byTrigger);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("FunctionName", functionName);
        json.WriteString(TriggerDimension, isScheduled ? "schedule" : "request");
        json.WriteString("month", month);
        Array.ForEach([.. figures, .. byTrigger], metric => json.WriteNumber(metric.Name, metric.Value));
    });

    /// <summary>
    /// A run that stopped between two days because its time was short took as long as it may: no alarm on that.
    /// </summary>
    private static IEnumerable<Metric> Duration(RunReport report) => report.RemainingDays is { Count: > 0 }
        ? []
        : [new("DurationMs", "Milliseconds", report.DurationMilliseconds)];

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
