using System.Text;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>
/// Checks a userIdentity and finds its members that have derived columns, in one pass. Of members with the same name
/// the last counts, at each level, as it does for the event's own members.
/// </summary>
internal static unsafe class IdentityReader
{
    private const int LongestEscapedWord = 6 * 5; // "false", each letter as \u0000.

    private static readonly Member Identity = TreeOf(EventSchema.DerivedColumns);

    /// <summary>Reads a userIdentity.</summary>
    /// <param name="scanner">Checks the object, and receives the error if it is not valid.</param>
    /// <param name="text">The object's first byte.</param>
    /// <param name="values">Receives the values of the derived columns.</param>
    /// <returns>The position after the object; null if it is not valid.</returns>
    public static byte* Read(ref JsonScanner scanner, byte* text, ref IdentityValues values)
    {
        values.Remove(ulong.MaxValue);

        // Its members are in two objects: the event and userIdentity.
        byte* end = ReadObject(ref scanner, text, text, depth: 2, Identity, ref values);
        values.FindCaller();
        return end;
    }

    private static byte* ReadObject(
        ref JsonScanner scanner, byte* text, byte* start, int depth, Member known, ref IdentityValues values)
    {
        var members = new JsonMembers(start);
        while (members.MoveNext(ref scanner))
        {
            var member = Find(known, members);
            values.Remove(member?.Columns ?? 0);
            if (*members.Value == '{' && member is { Members.Count: > 0 })
            {
                byte* after = ReadObject(ref scanner, text, members.Value, depth + 1, member, ref values);
                members.EndValue(ref scanner, after);
                continue;
            }

            byte* end = members.SkipValue(ref scanner, depth, out bool escaped);
            if (end != null && member is { Column: >= 0 })
            {
                var value = new ReadOnlySpan<byte>(members.Value, (int)(end - members.Value));
                Keep(member, value, escaped, (int)(members.Value - text), ref values);
            }
        }

        return members.End;
    }

    private static Member? Find(Member known, in JsonMembers members)
    {
        foreach (var member in known.Members)
        {
            if (members.IsName(member.Name))
            {
                return member;
            }
        }

        return null;
    }

    private static void Keep(
        Member member, ReadOnlySpan<byte> value, bool escaped, int start, ref IdentityValues values)
    {
        bool isString = value[0] == '"';
        if (member.Kind == ColumnKind.Boolean)
        {
            if (ReadBoolean(isString ? value[1..^1] : value, escaped) is { } flag)
            {
                values.Set(member.Column, new IdentityValue(0, flag ? 1 : 0), isEscaped: false);
            }
        }
        else if (isString)
        {
            values.Set(member.Column, new IdentityValue(start + 1, value.Length - 2), escaped);
        }
    }

    private static bool? ReadBoolean(ReadOnlySpan<byte> word, bool escaped)
    {
        if (!escaped)
        {
            return BooleanWord.Read(word);
        }

        if (word.Length > LongestEscapedWord)
        {
            return null;
        }

        byte* plain = stackalloc byte[LongestEscapedWord];
        fixed (byte* from = word)
        {
            byte* end = JsonText.Unescape(from, from + word.Length, plain, out _);
            return BooleanWord.Read(new ReadOnlySpan<byte>(plain, (int)(end - plain)));
        }
    }

    /// <summary>Makes the tree of the columns' paths.</summary>
    /// <returns>userIdentity.</returns>
    private static Member TreeOf(IEnumerable<EventColumn> columns)
    {
        var root = new Member("");
        foreach (var column in columns.Where(column => column.Member.Length > 0))
        {
            var member = root;
            foreach (string name in column.Member.Split('.'))
            {
                member = member.Add(name);
                member.Columns |= 1UL << EventSchema.PositionOf(column.Name);
            }

            member.Column = EventSchema.PositionOf(column.Name);
            member.Kind = column.Kind;
        }

        return root.Members.Single();
    }

    /// <summary>A member of userIdentity, or of an object in it, that has a derived column or contains one.</summary>
    private sealed class Member(string name)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

        public ReadOnlySpan<byte> Name => _name;

        /// <summary>The member's own column; -1 if it has none.</summary>
        public int Column { get; set; } = -1;

        /// <summary>The kind of its own column.</summary>
        public ColumnKind Kind { get; set; }

        /// <summary>One bit for each column of the member and of all members below it.</summary>
        public ulong Columns { get; set; }

        public List<Member> Members { get; } = [];

        public Member Add(string name)
        {
            var member = Members.Find(known => known.Name.SequenceEqual(Encoding.UTF8.GetBytes(name)));
            if (member is null)
            {
                member = new Member(name);
                Members.Add(member);
            }

            return member;
        }
    }
}
