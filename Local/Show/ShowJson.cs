using System.Text.Json;
using System.Text.Json.Serialization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Show;

/// <summary>The same for machines: one JSON object.</summary>
/// <param name="Files">The files.</param>
/// <param name="Activity">What happened in them, if that was asked for.</param>
internal sealed record ShowDetails(IReadOnlyList<FileDetails> Files, ActivityDetails? Activity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShowDetails))]
internal sealed partial class ShowJson : JsonSerializerContext
{
    private static ShowJson Readable => field ??= new ShowJson(ReadableJson.From(Default.Options));

    public static string Text(ShowDetails details) => JsonSerializer.Serialize(details, Readable.ShowDetails);
}
