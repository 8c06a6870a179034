using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Notices an object that is a file as CloudTrail delivers it, <c>{"Records":[…]}</c>, on one line or on many: its
/// events are one level too deep, and stage 1, which takes them out, has not run.
/// </summary>
internal sealed class RecordsFileCheck(string uri)
{
    private bool _first = true;
    private bool _startsAsRecordsFile;
    private long _otherEvents;

    /// <summary>A line of the object was an event.</summary>
    public void Event(EventReader reader)
    {
        if (!_first)
        {
            _otherEvents++;
            return;
        }

        _first = false;
        _startsAsRecordsFile = reader.Present == 1UL << EventSchema.OtherFields && reader.OtherMembers == 1
            && StartsAsRecordsFile(TextOf(reader.Fields[EventSchema.OtherFields]));
    }

    /// <summary>A line of the object was not.</summary>
    public void Reject(ReadOnlySpan<byte> line)
    {
        if (_first)
        {
            _first = false;
            _startsAsRecordsFile = StartsAsRecordsFile(line);
        }
    }

    /// <exception cref="AggregationException">The object held nothing else.</exception>
    public void EndOfFile()
    {
        // On many lines, the last record may stand alone on its line, without a comma.
        if (_startsAsRecordsFile && _otherEvents <= 1)
        {
            throw new AggregationException($"{uri} is a log file as CloudTrail delivers it ({{\"Records\":[…]}}), not one event a line: stage 1, which gathers a day's files into NDJSON, is missing. Run it first, or point the source at its output.");
        }
    }

    private static unsafe ReadOnlySpan<byte> TextOf(EventField field) => new(field.Text, (int)field.Value);

    private static bool StartsAsRecordsFile(ReadOnlySpan<byte> text) =>
        Skip(ref text, "{"u8) && Skip(ref text, "\"Records\""u8) && Skip(ref text, ":"u8) && Skip(ref text, "["u8);

    private static bool Skip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> token)
    {
        text = text.TrimStart(" \t\r"u8);
        if (!text.StartsWith(token))
        {
            return false;
        }

        text = text[token.Length..];
        return true;
    }
}
