using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>A record: the number of its line, its bytes, and whether it is an event.</summary>
internal sealed record OracleRecord(long Number, byte[] Text, bool IsEvent);

/// <summary>The records of a text, found with JsonDocument and without the product's code.</summary>
internal static class RecordOracle
{
    private const int MaxBytes = 16 << 20;

    private static readonly JsonReaderOptions Limits = new() { MaxDepth = 256 };

    /// <summary>JSON objects one after the other on each line; anything else is a reject up to the newline.</summary>
    public static List<OracleRecord> Split(byte[] text)
    {
        var records = new List<OracleRecord>();
        foreach (var line in LineOracle.Split(text))
        {
            Split(line, records);
        }

        return records;
    }

    /// <summary>Whether a line is one event.</summary>
    public static bool IsEvent(string line) => Split(Encoding.UTF8.GetBytes(line)) is [{ IsEvent: true }];

    private static void Split(FramedLine line, List<OracleRecord> records)
    {
        int from = 0;
        int at = LineOracle.LengthOfMark(line.Text);
        while (true)
        {
            int blank = line.Text.AsSpan(at).IndexOfAnyExcept(" \t\r"u8);
            if (blank < 0)
            {
                return;
            }

            at += blank;
            if (!TryReadObject(line.Text.AsSpan(at), out int length, out bool isEvent) || length > MaxBytes)
            {
                records.Add(new OracleRecord(line.Number, line.Text[from..], IsEvent: false));
                return;
            }

            records.Add(new OracleRecord(line.Number, line.Text[at..(at + length)], isEvent));
            from = at += length;
        }
    }

    private static bool TryReadObject(ReadOnlySpan<byte> text, out int length, out bool isEvent)
    {
        (length, isEvent) = (0, false);
        if (text is not [(byte)'{', ..])
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(text, Limits);
            using var document = JsonDocument.ParseValue(ref reader);
            length = (int)reader.BytesConsumed;
            isEvent = document.RootElement.EnumerateObject().Any(member => IsOfEveryEvent(member));
            return Utf8.IsValid(text[..length]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsOfEveryEvent(JsonProperty member)
    {
        try
        {
            return member.Name
                is "eventVersion" or "eventTime" or "eventSource" or "eventName" or "eventID" or "eventId";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JsonDocument makes no string of it.
            return false;
        }
    }
}
