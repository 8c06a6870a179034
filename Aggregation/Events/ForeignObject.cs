using System.Text.Json;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>Describes a JSON object that is not an event, judging by the names of its members.</summary>
internal static class ForeignObject
{
    private const string NotAnEvent =
        "is not a CloudTrail event: it has none of eventVersion, eventTime, eventSource, eventName, eventID, eventId";

    /// <summary>Says what is missing and, for a known kind of object, what it is and where its events are.</summary>
    /// <param name="json">A valid JSON object.</param>
    public static string Describe(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonScanner.MaxDepth });
        string? kind = null;
        reader.Read();
        while (kind is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            kind = KindOf(reader.ValueSpan);
            reader.Skip();
        }

        return kind is null ? NotAnEvent : $"{NotAnEvent} ({kind})";
    }

    private static string? KindOf(ReadOnlySpan<byte> member) =>
        member.SequenceEqual("detail-type"u8) ? "an EventBridge envelope: the event is its member detail"
        : member.SequenceEqual("logEvents"u8)
            ? "a CloudWatch Logs envelope: the events are the member message of each of its logEvents"
        : member.SequenceEqual("@message"u8)
            ? "a CloudWatch Logs Insights result: the event is its member @message"
        : member.SequenceEqual("digestStartTime"u8) ? "a CloudTrail digest, which lists log files"
        : member.SequenceEqual("eventversion"u8) || member.SequenceEqual("event_version"u8)
            ? "its member names were rewritten; CloudTrail writes eventVersion"
        : null;
}
