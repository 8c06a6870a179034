using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>What the function writes to standard output.</summary>
internal static class LogLines
{
    /// <summary>Each line as a JSON object; fails if one is not.</summary>
    public static List<JsonElement> Parse(IEnumerable<string> lines)
    {
        var parsed = lines.Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(parsed, line => Assert.Equal(JsonValueKind.Object, line.ValueKind));
        return parsed;
    }

    /// <summary>Likewise, for the whole output.</summary>
    public static List<JsonElement> Parse(MemoryStream output)
    {
        string text = Encoding.UTF8.GetString(output.ToArray());
        Assert.True(text.Length == 0 || text.EndsWith('\n'), "The last line has no newline.");
        return Parse(text.Split('\n')[..^1]);
    }

    public static string? Text(JsonElement line, string member) =>
        line.TryGetProperty(member, out var value) ? value.GetString() : null;

    /// <summary>Checks a metric line against the specification and a report.</summary>
    public static void CheckMetrics(JsonElement line, string functionName, RunReport report)
    {
        var metadata = line.GetProperty("_aws");
        Assert.Equal(JsonValueKind.Number, metadata.GetProperty("Timestamp").ValueKind);
        Assert.Equal(functionName, line.GetProperty("FunctionName").GetString());
        var directives = metadata.GetProperty("CloudWatchMetrics").EnumerateArray().ToList();
        Assert.All(directives, directive => Assert.Equal(
            "CloudTrailAggregation", directive.GetProperty("Namespace").GetString()));
        Assert.Equal(
            ["""[["FunctionName"]]""", """[["FunctionName"],["FunctionName","Trigger"]]"""],
            directives.Select(directive => directive.GetProperty("Dimensions").GetRawText()));
        Assert.Equal(
            [
                ("EventsWritten", "Count", report.Status == RunStatus.Written ? report.Events : 0),
                ("Duplicates", "Count", report.Duplicates),
                ("Rejects", "Count", report.Rejects),
                ("NewRejects", "Count", report.NewRejects),
                ("SourceBytes", "Bytes", report.SourceBytes),
                ("OutputBytes", "Bytes", report.OutputBytes),
                ("DurationMs", "Milliseconds", report.DurationMilliseconds),
                ("IgnoredKeys", "Count", report.IgnoredKeys.Count),
                ("DamagedObjects", "Count", report.DamagedObjects.Count),
                ("NewDamagedObjects", "Count", report.NewDamagedObjects),
                ("EmptyObjects", "Count", report.EmptyObjects),
                .. OfTrail(report),
            ],
            MetricsOf(directives[0]));
        Assert.Equal(
            [
                ("MissingDays", "Count", report.MissingDays.Count),
                ("ObjectsWithoutEvents", "Count", report.ObjectsWithoutEvents.Count),
            ],
            MetricsOf(directives[1]));

        static IEnumerable<(string, string, long)> OfTrail(RunReport report) => report.Layout == SourceLayout.Trail
            ?
            [
                ("Accounts", "Count", report.Accounts!.Count),
                ("QuietRegions", "Count", report.QuietRegions!.Count),
                ("OpenDays", "Count", report.OpenDays.Count),
            ]
            : [];

        IEnumerable<(string Name, string Unit, long Value)> MetricsOf(JsonElement directive) =>
            directive.GetProperty("Metrics").EnumerateArray()
                .Select(metric => (
                    metric.GetProperty("Name").GetString()!,
                    metric.GetProperty("Unit").GetString()!,
                    line.GetProperty(metric.GetProperty("Name").GetString()!).GetInt64()));
    }
}
