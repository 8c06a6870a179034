using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Local.Check;

/// <summary>A top-level member of an object. Ranges are in bytes from the object's start.</summary>
/// <param name="Name">The name without its quotes; escapes are kept.</param>
/// <param name="Value">The value; a string has its quotes.</param>
/// <param name="Kind">The kind of the value.</param>
/// <param name="Column">The column that the name belongs to, or -1.</param>
/// <param name="IsSecondSpelling">Whether it is the column's second spelling.</param>
/// <param name="IsRepeated">Whether a later member has the same name.</param>
internal readonly record struct SourceMember(
    Range Name, Range Value, JsonTokenType Kind, int Column, bool IsSecondSpelling, bool IsRepeated = false);

/// <summary>
/// Reads an event for the check. It shares no code with the reader that wrote the file: System.Text.Json decides
/// whether the text is a JSON object, and finds its members.
/// </summary>
internal sealed class EventMembers
{
    private static readonly Dictionary<string, (int Column, bool IsSecond)>.AlternateLookup<ReadOnlySpan<char>> Known =
        KnownNames();

    /// <summary>Columns of the members that make an object an event, if it has at least one of them.</summary>
    private static readonly bool[] MarksEvent = Array.ConvertAll(
        EventSchema.Columns,
        column => column.Member is "eventVersion" or "eventTime" or "eventSource" or "eventName" or "eventID");

    private readonly List<SourceMember> _members = [];

    // The last position of each name, from 1; 0: not seen. An event may have a million names.
    private readonly int[] _known = new int[2 * EventSchema.Columns.Length];
    private Dictionary<string, int> _unknown = new(StringComparer.Ordinal);
    private bool _anyRepeated;

    /// <summary>The members in the object's order; of members with the same name only the last.</summary>
    public IReadOnlyList<SourceMember> Members => _members;

    /// <summary>Whether the object has at least one of the members that mark an event.</summary>
    public bool IsEvent { get; private set; }

    /// <summary>Whether a member Records is an array whose first element is an object.</summary>
    public bool HoldsRecords { get; private set; }

    /// <summary>The position of the last member with a name, in <see cref="Members"/>; -1 if there is none.</summary>
    /// <param name="text">The text that was read.</param>
    /// <param name="name">The unescaped name.</param>
    public int Find(ReadOnlySpan<byte> text, string name)
    {
        int at = _members.Count - 1;
        while (at >= 0 && JsonString.Unescape(text[_members[at].Name], out _) != name)
        {
            at--;
        }

        return at;
    }

    /// <summary>Reads the object that the text begins with.</summary>
    /// <param name="text">The text; anything may follow the object.</param>
    /// <param name="length">The object's length in bytes.</param>
    /// <returns>False if the text does not begin with a JSON object in valid UTF-8, of at most 256 levels.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        _members.Clear();
        Clear(ref _unknown);
        Array.Clear(_known);
        _anyRepeated = false;
        IsEvent = HoldsRecords = false;
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            bool isObject = text is [(byte)'{', ..] && json.Read() && ReadMembers(ref json, text);
            length = (int)json.BytesConsumed;
            return isObject && Utf8.IsValid(text[..length]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Clears the names. Clear() takes time in proportion to the dictionary's capacity, so a large dictionary is
    /// replaced.
    /// </summary>
    private static void Clear(ref Dictionary<string, int> names)
    {
        if (names.Count > 1_000)
        {
            names = new(StringComparer.Ordinal);
        }

        names.Clear();
    }

    private bool ReadMembers(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[64];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Inside(json.TokenStartIndex, json.ValueSpan.Length);
            var (column, isSecond) = (-1, false);
            string? unescaped = json.ValueIsEscaped ? JsonString.Unescape(json.ValueSpan, out _) : null;
            if (unescaped is not null)
            {
                (column, isSecond) = Find(unescaped);
            }
            else if (json.ValueSpan.Length <= characters.Length)
            {
                (column, isSecond) = Find(characters[..Encoding.UTF8.GetChars(json.ValueSpan, characters)]);
            }

            IsEvent |= column >= 0 && MarksEvent[column];
            json.Read();
            int start = (int)json.TokenStartIndex;
            var kind = json.TokenType;
            json.Skip();
            HoldsRecords |= kind == JsonTokenType.StartArray && text[name].SequenceEqual("Records"u8)
                && text[(start + 1)..].TrimStart(" \t\r"u8) is [(byte)'{', ..];
            Add(new SourceMember(name, start..(int)json.BytesConsumed, kind, column, isSecond), text);
        }

        if (_anyRepeated)
        {
            _members.RemoveAll(member => member.IsRepeated);
        }

        return true;
    }

    private static Range Inside(long quote, int length) => ((int)quote + 1)..((int)quote + 1 + length);

    private static (int Column, bool IsSecond) Find(ReadOnlySpan<char> name) =>
        Known.TryGetValue(name, out var found) ? found : (-1, false);

    private void Add(in SourceMember member, ReadOnlySpan<byte> text)
    {
        int place = _members.Count;
        _members.Add(member);
        ref int earlier = ref member.Column >= 0
            ? ref _known[(2 * member.Column) + (member.IsSecondSpelling ? 1 : 0)]
            : ref CollectionsMarshal.GetValueRefOrAddDefault(
                _unknown, JsonString.Unescape(text[member.Name], out _), out _);

        if (earlier > 0)
        {
            _members[earlier - 1] = _members[earlier - 1] with { IsRepeated = true };
            _anyRepeated = true;
        }

        earlier = place + 1;
    }

    private static Dictionary<string, (int Column, bool IsSecond)>.AlternateLookup<ReadOnlySpan<char>> KnownNames()
    {
        var known = new Dictionary<string, (int, bool)>(StringComparer.Ordinal);
        for (int column = 0; column < EventSchema.OtherFields; column++)
        {
            known.Add(EventSchema.Columns[column].Member, (column, false));
            if (EventSchema.Columns[column].OtherSpelling is { } second)
            {
                known.Add(second, (column, true));
            }
        }

        return known.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
