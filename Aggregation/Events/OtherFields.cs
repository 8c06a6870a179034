using System.IO.Hashing;
using System.Security.Cryptography;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>Where a top-level member stands in its line: quoted name and value, in bytes from the line's start.</summary>
internal readonly record struct RawMember(int NameStart, int NameLength, int ValueStart, int ValueLength, int Member);

/// <summary>The members of one event that no column gives back exactly, in source order.</summary>
internal sealed unsafe class OtherFields
{
    /// <summary>In the place of a member that a later one of its name took back.</summary>
    private const int Removed = -2;

    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly List<RawMember> _members = [];
    private readonly int[] _placeOf;
    private int _unknown;
    private int _live;

    /// <param name="knownMembers">How many known members there are.</param>
    public OtherFields(int knownMembers)
    {
        _placeOf = new int[knownMembers];
        Array.Fill(_placeOf, -1);
    }

    public bool Any => _live > 0;

    public void Clear()
    {
        if (_members.Count > 0)
        {
            _members.Clear();
            Array.Fill(_placeOf, -1);
            _unknown = _live = 0;
        }
    }

    public void Add(in RawMember raw)
    {
        if (raw.Member == MemberNames.Unknown)
        {
            _unknown++;
        }
        else
        {
            _placeOf[raw.Member] = _members.Count;
        }

        _live++;
        _members.Add(raw);
    }

    /// <summary>Takes out a known member, if it is in.</summary>
    public void Remove(int member)
    {
        int place = _placeOf[member];
        if (place >= 0)
        {
            _members[place] = _members[place] with { Member = Removed };
            _placeOf[member] = -1;
            _live--;
        }
    }

    /// <summary>The known member, if it is in.</summary>
    public RawMember? Find(int member) => _placeOf[member] < 0 ? null : _members[_placeOf[member]];

    /// <summary>Writes them as one JSON object, names and values with the bytes they have in the line.</summary>
    /// <returns>The object, in the arena.</returns>
    public byte* Compose(byte* line, Arena arena, out int length)
    {
        if (_live < _members.Count)
        {
            _members.RemoveAll(member => member.Member == Removed);
        }

        _members.Sort(static (left, right) => left.NameStart.CompareTo(right.NameStart));
        if (_unknown > 1)
        {
            RemoveEarlierRepeats(line, arena);
        }

        int most = 2;
        foreach (var member in _members)
        {
            most += member.NameLength + member.ValueLength + 4;
        }

        byte* text = arena.Reserve(most);
        byte* end = text;
        *end++ = (byte)'{';
        foreach (var member in _members)
        {
            end = end == text + 1 ? end : Copy(", "u8, end);
            end = Copy(new ReadOnlySpan<byte>(line + member.NameStart, member.NameLength), end);
            end = Copy(": "u8, end);
            end = Copy(new ReadOnlySpan<byte>(line + member.ValueStart, member.ValueLength), end);
        }

        *end++ = (byte)'}';
        arena.Commit(end);
        length = (int)(end - text);
        return text;
    }

    private static byte* Copy(ReadOnlySpan<byte> bytes, byte* to)
    {
        bytes.CopyTo(new Span<byte>(to, bytes.Length));
        return to + bytes.Length;
    }

    /// <summary>Of unknown members with one name the last counts, as it does for the known ones.</summary>
    private void RemoveEarlierRepeats(byte* line, Arena arena)
    {
        var names = new HashSet<UInt128>(_unknown);
        int kept = _members.Count;
        for (int at = _members.Count - 1; at >= 0; at--)
        {
            if (_members[at].Member != MemberNames.Unknown || names.Add(NameOf(_members[at], line, arena)))
            {
                _members[--kept] = _members[at];
            }
        }

        _members.RemoveRange(0, kept);
    }

    /// <summary>
    /// What the unescaped bytes of a name are known by: a hash under a seed of this process, so that nobody can craft two
    /// names that pass for one. A string for each name would take several times the event's own memory.
    /// </summary>
    private static UInt128 NameOf(in RawMember member, byte* line, Arena arena)
    {
        byte* from = line + member.NameStart + 1;
        byte* name = arena.Reserve(member.NameLength);
        byte* end = JsonText.Unescape(from, from + member.NameLength - 2, name, out _);
        return XxHash128.HashToUInt128(new ReadOnlySpan<byte>(name, (int)(end - name)), Seed);
    }
}
