using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Commit;

/// <summary>Writes a report as JSON, in the same form for the function and for the terminal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(WrittenMonth))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>
    /// The context to use. It leaves letters, quotes and signs unescaped, because people read reports in logs and
    /// terminals, not in HTML.
    /// </summary>
    public static ReportJson Readable => field ??= new ReportJson(ReadableJson.From(Default.Options));

    /// <summary>Writes a report as one line.</summary>
    public static string Text(RunReport report) => JsonSerializer.Serialize(report, Readable.RunReport);

    /// <summary>Writes <c>YYYY-MM-DDTHH:MM:SS[.fff]Z</c>, the form of CloudTrail's eventTime.</summary>
    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(
                value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
    }
}
