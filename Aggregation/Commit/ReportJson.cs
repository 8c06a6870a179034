using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Commit;

/// <summary>The report as JSON, the same from the Lambda and from a terminal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(RunReport))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The context to use: letters, quotes and signs stay as they are, for it is read in logs and terminals, not in HTML.</summary>
    public static ReportJson Readable => field ??= new ReportJson(ReadableJson.From(Default.Options));

    /// <summary>A report as one line.</summary>
    public static string Text(RunReport report) => JsonSerializer.Serialize(report, Readable.RunReport);

    /// <summary><c>YYYY-MM-DDTHH:MM:SS[.fff]Z</c>, as CloudTrail writes an eventTime.</summary>
    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
    }
}
