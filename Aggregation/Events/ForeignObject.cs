using System.Text.Json;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>A JSON object that is not an event: what it is instead, as far as its members tell.</summary>
internal static class ForeignObject
{
    private const string Missing = "is not a CloudTrail event: it has none of eventVersion, eventTime, eventSource, eventName, eventID, eventId";

    /// <summary>Says what is missing and, for a known kind of object, where its events are.</summary>
    /// <param name="json">A valid JSON object.</param>
    public static string Describe(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonScanner.MaxDepth });
        string? kind = null;
        for (reader.Read(); kind is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
        {
            kind = KindOf(reader.ValueSpan);
        }

        return kind is null ? Missing : $"{Missing} ({kind})";
    }

    private static string? KindOf(ReadOnlySpan<byte> member) =>
        member.SequenceEqual("detail-type"u8) ? "an EventBridge envelope: the event is its member detail"
        : member.SequenceEqual("logEvents"u8) ? "a CloudWatch Logs envelope: the events are the member message of each of its logEvents"
        : member.SequenceEqual("@message"u8) ? "a CloudWatch Logs Insights result: the event is its member @message"
        : member.SequenceEqual("digestStartTime"u8) ? "a CloudTrail digest, which lists log files"
        : member.SequenceEqual("eventversion"u8) || member.SequenceEqual("event_version"u8) ? "its member names were rewritten; CloudTrail writes eventVersion"
        : null;
}
