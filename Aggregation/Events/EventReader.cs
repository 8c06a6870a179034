using System.Text;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>The value of one column: text by address and length, or a number.</summary>
public unsafe struct EventField
{
    /// <summary>The first byte of text or JSON; valid as long as the line's chunk.</summary>
    public byte* Text;

    /// <summary>The length of text or JSON in bytes; milliseconds of a time; 0 or 1 of a boolean.</summary>
    public long Value;
}

/// <summary>
/// Format: what a line means. One pass over the line checks it whole and finds the top-level members; nested values are
/// kept as they stand. What a column cannot give back exactly also goes into other_fields.
/// </summary>
public sealed unsafe class EventReader
{
    private readonly MemberNames _names = new();
    private readonly int[] _expectedAfter;
    private readonly EventField[] _fields = new EventField[EventSchema.Columns.Length];
    private readonly ColumnKind[] _kinds = Array.ConvertAll(EventSchema.Columns, column => column.Kind);
    private readonly RawMember[] _spelledFirst = new RawMember[EventSchema.Columns.Length];
    private readonly OtherFields _others;

    private ulong _present;
    private ulong _seen;
    private byte* _line;
    private int _length;
    private Arena? _arena;

    public EventReader()
    {
        _expectedAfter = new int[_names.Count + 1];
        _others = new OtherFields(_names.Count);
    }

    /// <summary>The columns of the event read last; those not in <see cref="Present"/> mean nothing.</summary>
    public ReadOnlySpan<EventField> Fields => _fields;

    /// <summary>A bit for each column of the event read last that is not NULL.</summary>
    public ulong Present => _present;

    /// <summary>What is wrong, once <see cref="TryRead"/> has returned null.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Where that is; null where it is the text as a whole.</summary>
    public byte* ErrorAt { get; private set; }

    /// <summary>
    /// Why the object read last is not an event: it has none of the members that every record of CloudTrail has some of.
    /// Null where it is one.
    /// </summary>
    public string? NotAnEvent => (_seen & MemberNames.OfEveryEvent) != 0 ? null : ForeignObject.Describe(new(_line, _length));

    /// <summary>
    /// Reads one JSON object. Its values point into the text or the arena, and are valid as long as these.
    /// </summary>
    /// <param name="start">The object's first byte; a newline must follow somewhere.</param>
    /// <param name="arena">Takes values that do not have the bytes of the source.</param>
    /// <returns>
    /// The end of the object; null if it is not a valid JSON object in valid UTF-8: <see cref="Error"/> says why.
    /// </returns>
    public byte* TryRead(byte* start, Arena arena)
    {
        _line = start;
        _arena = arena;
        _present = _seen = 0;
        _others.Clear();
        if (*start != '{')
        {
            Error = "is not a JSON object";
            ErrorAt = null;
            return null;
        }

        var scanner = default(JsonScanner);
        byte* end = ReadMembers(ref scanner, start + 1);
        if (end == null)
        {
            Error = scanner.Error!;
            ErrorAt = scanner.ErrorAt;
            return null;
        }

        _length = (int)(end - start);
        if (_others.Any)
        {
            EndOtherFields();
        }

        return end;
    }

    private byte* ReadMembers(ref JsonScanner scanner, byte* at)
    {
        at = JsonScanner.SkipWhite(at);
        if (*at == '}')
        {
            return at + 1;
        }

        int previous = _names.Count;
        while (true)
        {
            at = ReadMember(ref scanner, at, ref previous);
            if (at == null)
            {
                return null;
            }

            at = JsonScanner.SkipWhite(at);
            if (*at == '}')
            {
                return at + 1;
            }

            if (*at != ',')
            {
                return scanner.Fail(at, "is not valid JSON: ',' or '}' is missing");
            }

            at = JsonScanner.SkipWhite(at + 1);
        }
    }

    private byte* ReadMember(ref JsonScanner scanner, byte* at, ref int previous)
    {
        // Most events have the members of the one before: one comparison instead of a search.
        byte* name = at;
        int member = _expectedAfter[previous];
        if (_names.Matches(name, member))
        {
            at += _names.LengthOf(member);
        }
        else
        {
            at = ReadName(ref scanner, at, out member);
            if (at == null)
            {
                return null;
            }

            if (member >= 0)
            {
                _expectedAfter[previous] = member;
            }
        }

        int nameLength = (int)(at - name);
        byte* value = scanner.SkipColon(at);
        if (value == null)
        {
            return null;
        }

        scanner.Escaped = false;
        byte* end = scanner.SkipValue(value, depth: 1);
        if (end == null)
        {
            return null;
        }

        var raw = new RawMember((int)(name - _line), nameLength, (int)(value - _line), (int)(end - value), member);
        if (member < 0)
        {
            _others.Add(raw);
        }
        else
        {
            previous = member;
            Keep(raw, value, end, scanner.Escaped);
        }

        return end;
    }

    /// <summary>The slower way to a name: any name, escapes and all.</summary>
    private byte* ReadName(ref JsonScanner scanner, byte* at, out int member)
    {
        member = MemberNames.Unknown;
        if (*at != '"')
        {
            return scanner.Fail(at, "is not valid JSON: a member's name is missing");
        }

        scanner.Escaped = false;
        byte* quote = scanner.FindClosingQuote(at + 1);
        if (quote == null)
        {
            return null;
        }

        int length = (int)(quote + 1 - at);
        if (scanner.Escaped)
        {
            byte* plain = _arena!.Reserve(length);
            *plain = (byte)'"';
            byte* end = JsonText.Unescape(at + 1, quote, plain + 1, out _);
            *end++ = (byte)'"';
            member = _names.Find(plain, (int)(end - plain));
        }
        else
        {
            member = _names.Find(at, length);
        }

        return quote + 1;
    }

    /// <summary>Puts a known member into its column, and among the others where the column cannot give it back.</summary>
    private void Keep(in RawMember raw, byte* value, byte* end, bool escaped)
    {
        ulong seen = 1UL << raw.Member;
        if ((_seen & seen) != 0)
        {
            // Of members with one name the last counts.
            _others.Remove(raw.Member);
            _present &= ~seen;
        }

        _seen |= seen;
        if (*value == 'n')
        {
            return;
        }

        if (raw.Member >= MemberNames.FirstSecondSpelling)
        {
            _others.Add(raw);
            return;
        }

        ref var field = ref _fields[raw.Member];
        bool exact = _kinds[raw.Member] switch
        {
            ColumnKind.Json => KeepJson(ref field, value, end),
            ColumnKind.Text => KeepText(ref field, value, end, escaped),
            ColumnKind.Timestamp => KeepTime(ref field, value, end, escaped),
            _ => KeepBoolean(ref field, value, end, escaped),
        };
        _present |= field.Text != null ? seen : 0;
        if (!exact)
        {
            _others.Add(raw);
        }

        if ((MemberNames.SpelledTwice & seen) != 0)
        {
            _spelledFirst[raw.Member] = raw;
        }
    }

    private static bool KeepJson(ref EventField field, byte* value, byte* end)
    {
        field.Text = value;
        field.Value = end - value;
        return true;
    }

    /// <summary>A string's text; a value of another type as its JSON text, and then not exact.</summary>
    private bool KeepText(ref EventField field, byte* value, byte* end, bool escaped)
    {
        if (*value != '"')
        {
            _ = KeepJson(ref field, value, end);
            return false;
        }

        field.Text = value + 1;
        field.Value = end - value - 2;
        return !escaped || Unescape(ref field);
    }

    /// <summary>Moves a string's text, unescaped, into the arena.</summary>
    /// <returns>Whether it is what the source says: not where half a surrogate pair had to be replaced.</returns>
    private bool Unescape(ref EventField field)
    {
        byte* text = _arena!.Reserve((int)field.Value);
        byte* end = JsonText.Unescape(field.Text, field.Text + field.Value, text, out bool loneSurrogate);
        _arena.Commit(end);
        field.Text = text;
        field.Value = end - text;
        if (loneSurrogate)
        {
            JsonText.ReplaceLoneSurrogates(new Span<byte>(text, (int)field.Value));
        }

        return !loneSurrogate;
    }

    private bool KeepTime(ref EventField field, byte* value, byte* end, bool escaped)
    {
        bool exact = KeepText(ref field, value, end, escaped);
        bool read = EventTime.TryRead(new ReadOnlySpan<byte>(field.Text, (int)field.Value), out field.Value, out bool exactTime);
        field.Text = read ? value : null;
        return exact && exactTime;
    }

    /// <summary>true, false, and the same as strings in any case, which are not exact.</summary>
    private bool KeepBoolean(ref EventField field, byte* value, byte* end, bool escaped)
    {
        _ = KeepText(ref field, value, end, escaped);
        var word = new ReadOnlySpan<byte>(field.Text, (int)field.Value);
        bool isTrue = Ascii.EqualsIgnoreCase(word, "true"u8);
        field.Text = isTrue || Ascii.EqualsIgnoreCase(word, "false"u8) ? value : null;
        field.Value = isTrue ? 1 : 0;
        return field.Text != null && *value != '"';
    }

    private void EndOtherFields()
    {
        foreach (int column in MemberNames.ColumnsSpelledTwice)
        {
            if (_others.Find(MemberNames.SecondSpellingOf(column)) is { } second)
            {
                ResolveSpellings(column, second);
            }
        }

        ref var field = ref _fields[EventSchema.OtherFields];
        field.Text = _others.Compose(_line, _arena!, out int length);
        field.Value = length;
        _present |= 1UL << EventSchema.OtherFields;
    }

    /// <summary>
    /// The second spelling alone fills the column. Beside the first it does not, and then both stand among the others:
    /// the first one's absence there would say that only the second was in the source.
    /// </summary>
    private void ResolveSpellings(int column, in RawMember second)
    {
        if ((_present & (1UL << column)) == 0)
        {
            byte* value = _line + second.ValueStart;
            bool escaped = new ReadOnlySpan<byte>(value, second.ValueLength).Contains((byte)'\\');
            _ = KeepText(ref _fields[column], value, value + second.ValueLength, escaped);
            _present |= 1UL << column;
        }
        else if (_others.Find(column) is null)
        {
            _others.Add(_spelledFirst[column]);
        }
    }
}
