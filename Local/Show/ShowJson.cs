using System.Text.Json;
using System.Text.Json.Serialization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Show;

/// <summary>The details of files as one JSON object, for scripts.</summary>
/// <param name="Files">The details of each file.</param>
/// <param name="Activity">The counts of their events; null without --top.</param>
internal sealed record ShowDetails(IReadOnlyList<FileDetails> Files, ActivityDetails? Activity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShowDetails))]
internal sealed partial class ShowJson : JsonSerializerContext
{
    private static ShowJson Readable => field ??= new ShowJson(ReadableJson.From(Default.Options));

    public static string Text(ShowDetails details) => JsonSerializer.Serialize(details, Readable.ShowDetails);
}
