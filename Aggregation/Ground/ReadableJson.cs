using System.Text.Encodings.Web;
using System.Text.Json;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// How this tool writes JSON. Letters, quotes and signs stay readable, because logs, terminals and files show them, not
/// HTML. Control characters are escaped, so that no event can forge a line.
/// </summary>
internal static class ReadableJson
{
    /// <summary>Escapes text for the inside of a JSON string.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>For a <see cref="Utf8JsonWriter"/>.</summary>
    public static JsonWriterOptions Writer => new() { Encoder = Encoder };

    /// <summary>A serializer's generated options, with this encoder.</summary>
    public static JsonSerializerOptions From(JsonSerializerOptions options) => new(options) { Encoder = Encoder };
}
