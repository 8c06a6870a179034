using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Compares an event with its row. Each member of the source must be in its column or in other_fields, with its bytes,
/// and the row must have nothing else. Two kinds of members may be absent from the row: known members that are null,
/// and earlier repeats of a name.
/// </summary>
internal sealed class EventComparison
{
    private readonly EventMembers _event = new();
    private readonly EventMembers _otherFields = new();
    private readonly int[] _firstSpelling = new int[EventSchema.Columns.Length];
    private readonly int[] _secondSpelling = new int[EventSchema.Columns.Length];
    private readonly List<bool> _inOtherFields = [];
    private readonly SubstituteMembers _substitutes = new();
    private readonly DerivedValues _derived = new();

    /// <summary>Whether the last object read is an event.</summary>
    public bool IsEvent => _event.IsEvent;

    /// <summary>Whether the last object read has a member Records that is an array of objects.</summary>
    public bool HoldsRecords => _event.HoldsRecords;

    /// <summary>Reads the JSON object that the text begins with; see <see cref="EventMembers.TryRead"/>.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out int length) => _event.TryRead(text, out length);

    /// <summary>Compares the last event read with the row.</summary>
    /// <returns>The first difference; null if there is none.</returns>
    public string? Compare(ReadOnlySpan<byte> line, ParquetRows row)
    {
        Array.Fill(_firstSpelling, -1);
        Array.Fill(_secondSpelling, -1);
        _inOtherFields.Clear();
        CollectionsMarshal.SetCount(_inOtherFields, _event.Members.Count);
        CollectionsMarshal.AsSpan(_inOtherFields).Clear();
        if (CompareOtherFields(line, row) is { } differs)
        {
            return differs;
        }

        for (int at = 0; at < _event.Members.Count; at++)
        {
            var member = _event.Members[at];
            if (member.Column < 0 && !_inOtherFields[at])
            {
                return Missing(line, member);
            }

            if (member.Column >= 0 && member.Kind != JsonTokenType.Null)
            {
                (member.IsSecondSpelling ? _secondSpelling : _firstSpelling)[member.Column] = at;
            }
        }

        _substitutes.Find(_event, line);
        for (int column = 0; column < EventSchema.OtherFields; column++)
        {
            if (CompareColumn(line, row, column) is { } difference)
            {
                return difference;
            }
        }

        return CompareDerivedColumns(line, row);
    }

    /// <summary>Checks that the derived columns, if the file has them, hold what userIdentity has.</summary>
    private string? CompareDerivedColumns(ReadOnlySpan<byte> line, ParquetRows row)
    {
        int source = _firstSpelling[EventSchema.UserIdentity];
        var identity = source < 0 ? default : line[_event.Members[source].Value];
        _derived.Read(identity);
        for (int column = EventSchema.FirstDerived; column < row.Columns; column++)
        {
            string? difference = _derived.In(column) is { } value
                ? CompareCell(identity[value], row, column, isExact: false)
                : CompareAbsent(row, column);
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>
    /// Checks that each member of other_fields is a member of the source, in the source's order and with its bytes.
    /// </summary>
    private string? CompareOtherFields(ReadOnlySpan<byte> line, ParquetRows row)
    {
        if (row.IsNull(EventSchema.OtherFields))
        {
            return null;
        }

        var text = row.Bytes(EventSchema.OtherFields);
        if (!_otherFields.TryRead(text, out int objectBytes) || objectBytes != text.Length
            || _otherFields.Members.Count == 0)
        {
            return $"column other_fields: it is not one JSON object with a member: {DifferenceException.Excerpt(text)}";
        }

        int at = 0;
        int length = 0;
        foreach (var found in _otherFields.Members)
        {
            var name = text[found.Name];
            while (at < _event.Members.Count && !line[_event.Members[at].Name].SequenceEqual(name))
            {
                at++;
            }

            if (at == _event.Members.Count)
            {
                return $"column other_fields: member {DifferenceException.Excerpt(name)} is not in the source, "
                    + "or not at this position";
            }

            var expected = line[_event.Members[at].Value];
            var value = text[found.Value];
            if (!expected.SequenceEqual(value))
            {
                return $"column other_fields, member {DifferenceException.Excerpt(name)}: {Values(expected, value)}";
            }

            length += name.Length + value.Length + "\"\": , ".Length;
            _inOtherFields[at++] = true;
        }

        return length == text.Length
            ? null
            : "column other_fields is not written as \"name\": value, joined by \", \": "
                + DifferenceException.Excerpt(text);
    }

    private string? CompareColumn(ReadOnlySpan<byte> line, ParquetRows row, int column)
    {
        var (first, second) = (_firstSpelling[column], _secondSpelling[column]);
        bool inOtherFields = IsInOtherFields(first) || IsInOtherFields(second);
        int source = first >= 0 ? first : second;
        if (_substitutes.In(column) is { } substitute)
        {
            // The substitute is in other_fields like every member without a column of its own. A reader would conclude
            // that it was alone, unless the column's own member is beside it.
            if (source >= 0 && !IsInOtherFields(source))
            {
                return Missing(line, _event.Members[source]);
            }

            if (source < 0 && !line[substitute].IsEmpty)
            {
                return CompareCell(line[substitute], row, column, isExact: false);
            }
        }

        if (source < 0)
        {
            return CompareAbsent(row, column);
        }

        // A member with one of its spellings in other_fields is rebuilt from other_fields alone.
        bool isRebuilt = inOtherFields
            ? (first < 0 || IsInOtherFields(first)) && (second < 0 || IsInOtherFields(second))
            : second < 0 && !row.IsNull(column);
        if (!isRebuilt)
        {
            return Missing(line, _event.Members[second >= 0 && !IsInOtherFields(second) ? second : first]);
        }

        return CompareCell(line[_event.Members[source].Value], row, column, isExact: !inOtherFields);
    }

    private static string? CompareAbsent(ParquetRows row, int column) => row.IsNull(column)
        ? null
        : $"column {EventSchema.Columns[column].Name}: the source has no such member, the file has "
            + DifferenceException.Excerpt(Encoding.UTF8.GetBytes(row.Text(column)));

    private static string? CompareCell(ReadOnlySpan<byte> value, ParquetRows row, int column, bool isExact) =>
        CellComparison.Agrees(value, row, column, isExact)
            ? null
            : $"column {EventSchema.Columns[column].Name}: "
                + Values(WithoutQuotes(value, column), Encoding.UTF8.GetBytes(row.Text(column)));

    private bool IsInOtherFields(int member) => member >= 0 && _inOtherFields[member];

    private static ReadOnlySpan<byte> WithoutQuotes(ReadOnlySpan<byte> value, int column) =>
        value[0] == '"' && EventSchema.Columns[column].Kind != ColumnKind.Json ? value[1..^1] : value;

    private static string Missing(ReadOnlySpan<byte> line, in SourceMember member) =>
        $"member {DifferenceException.Excerpt(line[member.Name])} of the source is not in the file: "
            + DifferenceException.Excerpt(line[member.Value]);

    private static string Values(ReadOnlySpan<byte> source, ReadOnlySpan<byte> file) =>
        DifferenceException.Values("the source has", source, "the file has", file);
}
