using System.Text.Json.Serialization;

namespace CloudTrailAggregation.Plan;

/// <summary>How the keys of a source are laid out.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourceLayout>))]
public enum SourceLayout
{
    /// <summary>The folders at the source's root decide; see <see cref="LayoutDetection"/>.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Stage 1's: <c>YYYY/MM/DD/</c>, one event a line.</summary>
    [JsonStringEnumMemberName("daily")]
    Daily,

    /// <summary>CloudTrail's own: <c>AWSLogs/[o-ORG/]ACCOUNT/CloudTrail*/REGION/YYYY/MM/DD/</c>.</summary>
    [JsonStringEnumMemberName("trail")]
    Trail,
}
