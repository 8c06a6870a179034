using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>A record: the number of its line or element, its bytes, and whether it is an event.</summary>
internal sealed record OracleRecord(long Number, byte[] Text, bool IsEvent, bool InContainer = false);

/// <summary>The records of a text, found with JsonDocument and without the product's code.</summary>
internal static class RecordOracle
{
    private const int MaxBytes = 16 << 20;

    private static readonly JsonReaderOptions Limits = new() { MaxDepth = 256 };

    /// <summary>
    /// JSON objects one after the other on each line, where anything else is a reject up to the newline; and the
    /// elements of containers.
    /// </summary>
    /// <returns>Null if the object is damaged: a container is, or a record holds records.</returns>
    public static List<OracleRecord>? Split(byte[] text)
    {
        var framed = FramingOracle.Split(text);
        var records = new List<OracleRecord>();
        bool isWhole = !framed.IsDamaged && framed.Lines.All(
            line => line.InContainer ? TryReadElement(line, records) : TrySplit(line, records));
        return isWhole ? records : null;
    }

    /// <summary>Whether a line is one event.</summary>
    public static bool IsEvent(string line) => Split(Encoding.UTF8.GetBytes(line)) is [{ IsEvent: true }];

    private static bool TryReadElement(FramedLine element, List<OracleRecord> records)
    {
        bool isObject = TryReadObject(element.Text, out int length, out bool isEvent) && length <= MaxBytes;
        records.Add(new OracleRecord(element.Number, element.Text, isObject && isEvent, InContainer: true));
        return !isObject || !HoldsRecords(element.Text);
    }

    private static bool TrySplit(FramedLine line, List<OracleRecord> records)
    {
        int from = 0;
        int at = FramingOracle.LengthOfMark(line.Text);
        while (true)
        {
            int blank = line.Text.AsSpan(at).IndexOfAnyExcept(" \t\r"u8);
            if (blank < 0)
            {
                return true;
            }

            at += blank;
            if (!TryReadObject(line.Text.AsSpan(at), out int length, out bool isEvent) || length > MaxBytes)
            {
                records.Add(new OracleRecord(line.Number, line.Text[from..], IsEvent: false));
                return true;
            }

            if (HoldsRecords(line.Text.AsSpan(at, length)))
            {
                return false;
            }

            records.Add(new OracleRecord(line.Number, line.Text[at..(at + length)], isEvent));
            from = at += length;
        }
    }

    /// <summary>Whether a member of the object is an array of objects and is called Records, without escapes.</summary>
    private static bool HoldsRecords(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Limits);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isRecords = reader.ValueSpan.SequenceEqual("Records"u8);
            reader.Read();
            var first = reader;
            bool holdsObjects = first.TokenType == JsonTokenType.StartArray
                && first.Read() && first.TokenType == JsonTokenType.StartObject;
            if (isRecords && holdsObjects)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
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
            // Half a surrogate pair, which .NET has no string for.
            return false;
        }
    }
}
