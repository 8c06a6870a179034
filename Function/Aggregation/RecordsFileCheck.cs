using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// Notices an object that is a file as CloudTrail delivers it, <c>{"Records":[…]}</c>, on one line or on many: its
/// events are one level too deep, and stage 1, which takes them out, has not run.
/// </summary>
internal sealed class RecordsFileCheck(string uri)
{
    private const int NotOne = -1;

    private static readonly byte[][] Opening = ["{"u8.ToArray(), "\"Records\""u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray()];

    /// <summary>Tokens of the opening found so far, or <see cref="NotOne"/>.</summary>
    private int _found;
    private long _otherEvents;
    private int _toleratedEvents;

    /// <summary>Whether the event read last holds nothing but <c>"Records":[…]</c>.</summary>
    public static bool IsRecordsObject(EventReader reader) =>
        reader.Present == 1UL << EventSchema.OtherFields && reader.OtherMembers == 1
        && Find(0, TextOf(reader.Fields[EventSchema.OtherFields])) == Opening.Length;

    /// <summary>A line of the object was an event.</summary>
    public void Event(bool isRecordsObject)
    {
        if (_found == 0 && isRecordsObject)
        {
            _found = Opening.Length;
        }
        else
        {
            OtherEvent();
        }
    }

    /// <summary>A line of the object was a copy of an earlier one, and has not been read.</summary>
    public void Duplicate(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{"u8) && line.EndsWith("}"u8))
        {
            OtherEvent();
        }
        else
        {
            Reject(line);
        }
    }

    /// <summary>A line of the object was neither: where the file has many lines, each is a piece of it.</summary>
    public void Reject(ReadOnlySpan<byte> line)
    {
        if (_found is not NotOne && _found < Opening.Length)
        {
            _found = Find(_found, line);

            // One record may stand alone on its line, without a comma: the first or the last.
            _toleratedEvents = 1;
        }
    }

    /// <exception cref="AggregationException">The object held nothing else.</exception>
    public void EndOfFile()
    {
        if (_found == Opening.Length && _otherEvents <= _toleratedEvents)
        {
            throw new AggregationException($"{uri} is a log file as CloudTrail delivers it ({{\"Records\":[…]}}), not one event a line: stage 1, which gathers a day's files into NDJSON, is missing. Run it first, or point the source at its output.");
        }
    }

    private static unsafe ReadOnlySpan<byte> TextOf(EventField field) => new(field.Text, (int)field.Value);

    private void OtherEvent()
    {
        if (_found == Opening.Length)
        {
            _otherEvents++;
        }
        else
        {
            _found = NotOne;
        }
    }

    /// <summary>How many tokens of the opening are found once this text has been read too.</summary>
    private static int Find(int found, ReadOnlySpan<byte> text)
    {
        for (; ; found++)
        {
            text = text.TrimStart(" \t\r"u8);
            if (found == Opening.Length || text.IsEmpty)
            {
                return found;
            }

            if (!text.StartsWith(Opening[found]))
            {
                return NotOne;
            }

            text = text[Opening[found].Length..];
        }
    }
}
