using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Whether a row gives an event back: each member of the source is in its column or among other_fields, with its bytes,
/// and nothing else is. Known members that are null need not be, and of several with one name only the last.
/// </summary>
internal sealed class EventComparison
{
    private readonly EventMembers _event = new();
    private readonly EventMembers _others = new();
    private readonly int[] _firstSpelling = new int[EventSchema.Columns.Length];
    private readonly int[] _secondSpelling = new int[EventSchema.Columns.Length];
    private readonly List<bool> _inOthers = [];

    /// <summary>Whether the object read last is an event.</summary>
    public bool IsEvent => _event.IsEvent;

    /// <summary>Reads the JSON object that the text begins with; see <see cref="EventMembers.TryRead"/>.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out int length) => _event.TryRead(text, out length);

    /// <summary>Compares the event read last with the row.</summary>
    /// <returns>What is different, or null.</returns>
    public string? Compare(ReadOnlySpan<byte> line, ParquetRows row)
    {
        Array.Fill(_firstSpelling, -1);
        Array.Fill(_secondSpelling, -1);
        _inOthers.Clear();
        CollectionsMarshal.SetCount(_inOthers, _event.Members.Count);
        CollectionsMarshal.AsSpan(_inOthers).Clear();
        if (CompareOthers(line, row) is { } differs)
        {
            return differs;
        }

        for (int at = 0; at < _event.Members.Count; at++)
        {
            var member = _event.Members[at];
            if (member.Column < 0 && !_inOthers[at])
            {
                return Missing(line, member);
            }

            if (member.Column >= 0 && member.Kind != JsonTokenType.Null)
            {
                (member.IsSecondSpelling ? _secondSpelling : _firstSpelling)[member.Column] = at;
            }
        }

        for (int column = 0; column < EventSchema.OtherFields; column++)
        {
            if (CompareColumn(line, row, column) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>Each member in other_fields is one of the source's, in its order, with the bytes of its name and value.</summary>
    private string? CompareOthers(ReadOnlySpan<byte> line, ParquetRows row)
    {
        if (row.IsNull(EventSchema.OtherFields))
        {
            return null;
        }

        var text = row.Bytes(EventSchema.OtherFields);
        if (!_others.TryRead(text, out int objectBytes) || objectBytes != text.Length || _others.Members.Count == 0)
        {
            return $"column other_fields: it is not one JSON object with a member: {DifferenceException.Excerpt(text)}";
        }

        int at = 0;
        int length = 0;
        foreach (var other in _others.Members)
        {
            var name = text[other.Name];
            while (at < _event.Members.Count && !line[_event.Members[at].Name].SequenceEqual(name))
            {
                at++;
            }

            if (at == _event.Members.Count)
            {
                return $"column other_fields: member {DifferenceException.Excerpt(name)} is not in the source, or not in this place";
            }

            if (!line[_event.Members[at].Value].SequenceEqual(text[other.Value]))
            {
                return $"column other_fields, member {DifferenceException.Excerpt(name)}: {Values(line[_event.Members[at].Value], text[other.Value])}";
            }

            length += name.Length + text[other.Value].Length + "\"\": , ".Length;
            _inOthers[at++] = true;
        }

        return length == text.Length ? null : $"column other_fields is not written as \"name\": value, joined by \", \": {DifferenceException.Excerpt(text)}";
    }

    private string? CompareColumn(ReadOnlySpan<byte> line, ParquetRows row, int column)
    {
        var (first, second) = (_firstSpelling[column], _secondSpelling[column]);
        bool inOthers = IsInOthers(first) || IsInOthers(second);
        int source = first >= 0 ? first : second;
        if (source < 0)
        {
            return row.IsNull(column) ? null : $"column {EventSchema.Columns[column].Name}: the source has no such member, the file has {DifferenceException.Excerpt(Encoding.UTF8.GetBytes(row.Text(column)))}";
        }

        // What has one of its spellings among other_fields is rebuilt from there alone.
        bool isRebuilt = inOthers
            ? (first < 0 || IsInOthers(first)) && (second < 0 || IsInOthers(second))
            : second < 0 && !row.IsNull(column);
        if (!isRebuilt)
        {
            return Missing(line, _event.Members[second >= 0 && !IsInOthers(second) ? second : first]);
        }

        var value = line[_event.Members[source].Value];
        return CellComparison.Agrees(value, row, column, isExact: !inOthers)
            ? null
            : $"column {EventSchema.Columns[column].Name}: {Values(WithoutQuotes(value, column), Encoding.UTF8.GetBytes(row.Text(column)))}";
    }

    private bool IsInOthers(int member) => member >= 0 && _inOthers[member];

    private static ReadOnlySpan<byte> WithoutQuotes(ReadOnlySpan<byte> value, int column) =>
        value[0] == '"' && EventSchema.Columns[column].Kind != ColumnKind.Json ? value[1..^1] : value;

    private static string Missing(ReadOnlySpan<byte> line, in SourceMember member) =>
        $"member {DifferenceException.Excerpt(line[member.Name])} of the source is not in the file: {DifferenceException.Excerpt(line[member.Value])}";

    private static string Values(ReadOnlySpan<byte> source, ReadOnlySpan<byte> file) => DifferenceException.Values("the source has", source, "the file has", file);
}
