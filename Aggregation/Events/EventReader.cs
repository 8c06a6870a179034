using System.Numerics;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>The value of one column in an event: text by address and length, or a number.</summary>
internal unsafe struct EventField
{
    /// <summary>
    /// The address of the first byte of text or JSON. Valid until the record's chunk is filled again.
    /// </summary>
    public byte* Text;

    /// <summary>
    /// The length of text or JSON in bytes, the milliseconds since 1970 of a time, or 0 or 1 for a boolean.
    /// </summary>
    public long Value;
}

/// <summary>
/// Format: what a record means. One pass over the record checks all of it and finds the top-level members. Nested
/// values keep their bytes. A value that its column cannot give back exactly also goes into other_fields.
/// </summary>
internal sealed unsafe class EventReader
{
    private readonly MemberNames _names = new();
    private readonly int[] _expectedAfter;
    private readonly EventField[] _fields = new EventField[EventSchema.Columns.Length];
    private readonly ColumnKind[] _kinds = Array.ConvertAll(EventSchema.Columns, column => column.Kind);
    private readonly RawMember[] _ownMember = new RawMember[EventSchema.Columns.Length];
    private readonly OtherFields _otherFields;
    private readonly IdentityCache _identities = new();

    private ulong _present;
    private ulong _seen;
    private int _identity;
    private byte* _record;
    private byte* _end;
    private int _length;
    private Arena? _arena;

    /// <summary>Makes a reader. Each thread needs its own.</summary>
    public EventReader()
    {
        _expectedAfter = new int[_names.Count + 1];
        _otherFields = new OtherFields(_names.Count);
    }

    /// <summary>The values of the last event. Only those in <see cref="Present"/> have a meaning.</summary>
    public ReadOnlySpan<EventField> Fields => _fields;

    /// <summary>One bit for each column of the last event that is not NULL.</summary>
    public ulong Present => _present;

    /// <summary>What is wrong; set when <see cref="TryRead"/> has returned null.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The position of the error; null where the text as a whole is wrong.</summary>
    public byte* ErrorAt { get; private set; }

    /// <summary>
    /// Why the last object is not an event: it has none of the members of which every CloudTrail event has at least
    /// one. Null where it is an event.
    /// </summary>
    public string? NotAnEvent =>
        (_seen & MemberNames.EventMembers) != 0 ? null : ForeignObject.Describe(new(_record, _length));

    /// <summary>
    /// Whether the last object has a member Records that is an array of objects: it holds records and is none itself.
    /// </summary>
    public bool HoldsRecords { get; private set; }

    /// <summary>
    /// Reads one JSON object. Its values point into the text or the arena and are valid as long as both.
    /// </summary>
    /// <param name="start">The object's first byte.</param>
    /// <param name="end">The end of the text that holds the object. A newline must be there.</param>
    /// <param name="arena">Receives the values whose bytes differ from the source.</param>
    /// <returns>
    /// The position after the object; null if it is not a valid JSON object in valid UTF-8, with <see cref="Error"/>
    /// set.
    /// </returns>
    public byte* TryRead(byte* start, byte* end, Arena arena)
    {
        _record = start;
        _end = end;
        _identity = IdentityCache.NotFound;
        _arena = arena;
        _present = _seen = 0;
        HoldsRecords = false;
        _otherFields.Clear();
        if (*start != '{')
        {
            Error = "is not a JSON object";
            ErrorAt = null;
            return null;
        }

        var scanner = default(JsonScanner);
        byte* after = ReadMembers(ref scanner, start + 1);
        if (after == null)
        {
            Error = scanner.Error!;
            ErrorAt = scanner.ErrorAt;
            return null;
        }

        _length = (int)(after - start);
        if (_otherFields.Any)
        {
            EndOtherFields();
        }

        if (_identity != IdentityCache.NotFound)
        {
            FillDerivedColumns();
        }

        return after;
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
                return scanner.Fail(at, JsonScanner.MissingComma);
            }

            at = JsonScanner.SkipWhite(at + 1);
        }
    }

    private byte* ReadMember(ref JsonScanner scanner, byte* at, ref int previous)
    {
        // Most events have the same members as the one before, so one comparison often replaces a search.
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
        byte* end = member == EventSchema.UserIdentity
            ? SkipIdentity(ref scanner, value)
            : scanner.SkipValue(value, depth: 1);
        if (end == null)
        {
            return null;
        }

        var raw = new RawMember((int)(name - _record), nameLength, (int)(value - _record), (int)(end - value), member);
        if (member < 0)
        {
            _otherFields.Add(raw);
            HoldsRecords |= *value == '[' && *JsonScanner.SkipWhite(value + 1) == '{'
                && new ReadOnlySpan<byte>(name, nameLength).SequenceEqual("\"Records\""u8);
        }
        else
        {
            previous = member;
            Keep(raw, value, end, scanner.Escaped);
        }

        return end;
    }

    /// <summary>Steps over userIdentity, and reads what the derived columns hold of it.</summary>
    private byte* SkipIdentity(ref JsonScanner scanner, byte* value)
    {
        _identity = IdentityCache.NotFound;
        return *value == '{'
            ? _identities.Read(ref scanner, value, _end, out _identity)
            : scanner.SkipValue(value, depth: 1);
    }

    /// <summary>Reads a name that was not expected: known or unknown, with or without escapes.</summary>
    private byte* ReadName(ref JsonScanner scanner, byte* at, out int member)
    {
        member = MemberNames.Unknown;
        if (*at != '"')
        {
            return scanner.Fail(at, JsonScanner.MissingName);
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

    /// <summary>
    /// Puts a known member into its column, and into other_fields if the column cannot give it back exactly.
    /// </summary>
    private void Keep(in RawMember raw, byte* value, byte* end, bool escaped)
    {
        ulong seen = 1UL << raw.Member;
        if ((_seen & seen) != 0)
        {
            // The last of several members with the same name counts.
            _otherFields.Remove(raw.Member);
            _present &= ~seen;
        }

        _seen |= seen;
        if (*value == 'n' && raw.Member < MemberNames.FirstSubstitute)
        {
            return;
        }

        if (raw.Member >= MemberNames.FirstSecondSpelling)
        {
            _otherFields.Add(raw);
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
            _otherFields.Add(raw);
        }

        if ((MemberNames.FilledByTwoNames & seen) != 0)
        {
            _ownMember[raw.Member] = raw;
        }
    }

    private static bool KeepJson(ref EventField field, byte* value, byte* end)
    {
        field.Text = value;
        field.Value = end - value;
        return true;
    }

    /// <summary>Keeps a string's text, or the JSON text of a value of another type.</summary>
    /// <returns>Whether the column gives the value back exactly: false for another type.</returns>
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
    /// <returns>Whether the text is exact: false where half of a surrogate pair was replaced.</returns>
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
        var text = new ReadOnlySpan<byte>(field.Text, (int)field.Value);
        bool read = EventTime.TryRead(text, out field.Value, out bool exactTime);
        field.Text = read ? value : null;
        return exact && exactTime;
    }

    /// <summary>Keeps true and false, and the strings true and false in any case.</summary>
    /// <returns>Whether the column gives the value back exactly: false for strings.</returns>
    private bool KeepBoolean(ref EventField field, byte* value, byte* end, bool escaped)
    {
        _ = KeepText(ref field, value, end, escaped);
        bool? word = BooleanWord.Read(new ReadOnlySpan<byte>(field.Text, (int)field.Value));
        field.Text = word is null ? null : value;
        field.Value = word is true ? 1 : 0;
        return word is not null && *value != '"';
    }

    /// <summary>Fills the derived columns with what user_identity holds.</summary>
    private void FillDerivedColumns()
    {
        byte* identity = _fields[EventSchema.UserIdentity].Text;
        ref readonly var values = ref _identities[_identity];
        for (ulong columns = values.Present; columns != 0; columns &= columns - 1)
        {
            int derived = BitOperations.TrailingZeroCount(columns);
            var value = values[derived];
            ref var field = ref _fields[derived];
            field.Text = identity + value.Start;
            field.Value = value.Length;
        }

        for (ulong columns = values.Escaped; columns != 0; columns &= columns - 1)
        {
            _ = Unescape(ref _fields[BitOperations.TrailingZeroCount(columns)]);
        }

        _present |= values.Present;
        if (values.CallerSource >= 0)
        {
            _fields[EventSchema.Caller] = _fields[values.CallerSource];
            _present |= 1UL << EventSchema.Caller;
        }
    }

    private void EndOtherFields()
    {
        foreach (int column in MemberNames.ColumnsSpelledTwice)
        {
            if (_otherFields.Find(MemberNames.SecondSpellingOf(column)) is { } second)
            {
                ResolveNames(column, second);
            }
        }

        if ((_seen & MemberNames.Substitutes) != 0 && IsAggregated)
        {
            ResolveSubstitutes();
        }

        ref var field = ref _fields[EventSchema.OtherFields];
        field.Text = _otherFields.Compose(_record, _arena!, out int length);
        field.Value = length;
        _present |= 1UL << EventSchema.OtherFields;
    }

    private bool IsAggregated
    {
        get
        {
            ref readonly var type = ref _fields[EventSchema.EventType];
            return (_present >> EventSchema.EventType & 1) != 0
                && new ReadOnlySpan<byte>(type.Text, (int)type.Value).SequenceEqual(AggregatedEvent.EventType);
        }
    }

    private void ResolveSubstitutes()
    {
        foreach (var (number, substitute) in AggregatedEvent.Substitutes.Index())
        {
            if (_otherFields.Find(MemberNames.FirstSubstitute + number) is { } member)
            {
                ResolveNames(substitute.Column, member);
            }
        }
    }

    /// <summary>
    /// Handles a member that can fill a column under another name than the column's own: the second spelling of an id,
    /// or a member of an aggregated event. Alone it fills the column. If the column's own member is present too, the
    /// column has that one, and other_fields has both: without the column's own member there, a reader would conclude
    /// that the source had only the other name.
    /// </summary>
    private void ResolveNames(int column, in RawMember another)
    {
        if (_otherFields.Find(column) is not null)
        {
            return;
        }

        if ((_present & (1UL << column)) != 0)
        {
            _otherFields.Add(_ownMember[column]);
        }
        else
        {
            Fill(column, _record + another.ValueStart, another.ValueLength);
        }
    }

    private void Fill(int column, byte* value, int length)
    {
        bool isTime = column == EventSchema.EventTime;
        value = isTime ? JsonObject.Find(value, AggregatedEvent.WindowStart, out length) : value;
        if (value == null || *value == 'n')
        {
            return;
        }

        bool escaped = new ReadOnlySpan<byte>(value, length).Contains((byte)'\\');
        ref var field = ref _fields[column];
        _ = isTime ? KeepTime(ref field, value, value + length, escaped)
            : KeepText(ref field, value, value + length, escaped);
        _present |= field.Text != null ? 1UL << column : 0;
    }
}
