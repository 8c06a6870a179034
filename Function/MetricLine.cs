using System.Text.Json;
using CloudTrailAggregation.Aggregation;

namespace CloudTrailAggregation;

/// <summary>
/// A month's figures as a log line that CloudWatch makes metrics of: the embedded metric format,
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
/// </summary>
internal static class MetricLine
{
    /// <summary>The metrics' namespace; the template's alarms name it too.</summary>
    public const string Namespace = "CloudTrailAggregation";

    public static void Write(Stream output, string functionName, MonthReport report, TimeProvider time)
    {
        (string Name, string Unit, long Value)[] metrics =
        [
            ("EventsWritten", "Count", report.Events),
            ("Duplicates", "Count", report.Duplicates),
            ("Rejects", "Count", report.Rejects),
            ("SourceBytes", "Bytes", report.SourceBytes),
            ("OutputBytes", "Bytes", report.OutputBytes),
            ("DurationMs", "Milliseconds", report.DurationMilliseconds),
        ];
        JsonLineLogger.WriteLine(output, json =>
        {
            json.WriteStartObject("_aws");
            json.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteStartArray("CloudWatchMetrics");
            json.WriteStartObject();
            json.WriteString("Namespace", Namespace);
            json.WriteStartArray("Dimensions");
            json.WriteStartArray();
            json.WriteStringValue("FunctionName");
            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteStartArray("Metrics");
            Array.ForEach(metrics, metric => WriteDefinition(json, metric.Name, metric.Unit));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("FunctionName", functionName);
            json.WriteString("month", report.Month);
            Array.ForEach(metrics, metric => json.WriteNumber(metric.Name, metric.Value));
        });
    }

    private static void WriteDefinition(Utf8JsonWriter json, string name, string unit)
    {
        json.WriteStartObject();
        json.WriteString("Name", name);
        json.WriteString("Unit", unit);
        json.WriteEndObject();
    }
}
