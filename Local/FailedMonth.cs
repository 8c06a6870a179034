using System.Text.Json;
using System.Text.Json.Serialization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The line of JSON of a month that failed, which has no report.</summary>
internal sealed record FailedMonth(string Month, string Status, string Error)
{
    public static string Text(Plan.Month month, Exception failure) => JsonSerializer.Serialize(
        new FailedMonth(month.ToString(), "failed", Failure.OnOneLine(failure.Message)),
        FailedMonthJson.Readable.FailedMonth);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FailedMonth))]
internal sealed partial class FailedMonthJson : JsonSerializerContext
{
    public static FailedMonthJson Readable => field ??= new FailedMonthJson(ReadableJson.From(Default.Options));
}
