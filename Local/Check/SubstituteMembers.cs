using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Local.Check;

/// <summary>The members of an aggregated event that fill a column in place of the column's own member.</summary>
internal sealed class SubstituteMembers
{
    private static readonly string TypeOfAggregates = Encoding.UTF8.GetString(AggregatedEvent.EventType);
    private static readonly string NameOfStart = Encoding.UTF8.GetString(AggregatedEvent.WindowStart);

    private readonly Range?[] _values = new Range?[EventSchema.Columns.Length];
    private readonly EventMembers _window = new();

    /// <summary>Finds the members; none in an event that is not an aggregated one.</summary>
    /// <param name="members">The event.</param>
    /// <param name="text">Its text.</param>
    public void Find(EventMembers members, ReadOnlySpan<byte> text)
    {
        Array.Clear(_values);
        if (!IsAggregated(members, text))
        {
            return;
        }

        foreach (var (column, name) in AggregatedEvent.Substitutes)
        {
            int at = members.Find(text, name);
            if (at >= 0)
            {
                _values[column] = ValueFor(column, members.Members[at], text);
            }
        }
    }

    /// <summary>
    /// The range of the value that a column's substitute has, in the event's text; empty where the substitute has none.
    /// Null where the event has no substitute for the column.
    /// </summary>
    public Range? In(int column) => _values[column];

    private static bool IsAggregated(EventMembers members, ReadOnlySpan<byte> text)
    {
        foreach (var member in members.Members)
        {
            if (member.Column == EventSchema.EventType)
            {
                return member.Kind == JsonTokenType.String
                    && JsonString.Unescape(text[member.Value][1..^1], out _) == TypeOfAggregates;
            }
        }

        return false;
    }

    private Range ValueFor(int column, in SourceMember member, ReadOnlySpan<byte> text)
    {
        var value = member;
        int offset = 0;
        if (column == EventSchema.EventTime)
        {
            var window = text[member.Value];
            int at = _window.TryRead(window, out _) ? _window.Find(window, NameOfStart) : -1;
            if (at < 0)
            {
                return default;
            }

            offset = member.Value.Start.Value;
            value = _window.Members[at];
        }

        return value.Kind == JsonTokenType.Null
            ? default
            : (offset + value.Value.Start.Value)..(offset + value.Value.End.Value);
    }
}
