using System.IO.Hashing;
using System.Security.Cryptography;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>
/// The position of a top-level member in its record; starts and lengths in bytes, starts from the record's start.
/// </summary>
/// <param name="NameStart">The start of the quoted name.</param>
/// <param name="NameLength">The length of the quoted name.</param>
/// <param name="ValueStart">The start of the value.</param>
/// <param name="ValueLength">The length of the value.</param>
/// <param name="Member">The member's number, see <see cref="MemberNames"/>.</param>
internal readonly record struct RawMember(int NameStart, int NameLength, int ValueStart, int ValueLength, int Member);

/// <summary>
/// Collects the members of one event that no column gives back exactly, and writes the column other_fields.
/// </summary>
internal sealed unsafe class OtherFields
{
    /// <summary>The number that marks a removed member.</summary>
    private const int Removed = -2;

    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly List<RawMember> _members = [];
    private readonly int[] _placeOf;
    private int _unknown;
    private int _count;

    /// <summary>Makes an empty collection.</summary>
    /// <param name="knownMembers">The number of known members.</param>
    public OtherFields(int knownMembers)
    {
        _placeOf = new int[knownMembers];
        Array.Fill(_placeOf, -1);
    }

    /// <summary>Whether it contains a member.</summary>
    public bool Any => _count > 0;

    /// <summary>Removes all members.</summary>
    public void Clear()
    {
        if (_members.Count > 0)
        {
            _members.Clear();
            Array.Fill(_placeOf, -1);
            _unknown = _count = 0;
        }
    }

    /// <summary>Adds a member.</summary>
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

        _count++;
        _members.Add(raw);
    }

    /// <summary>Removes a known member if it is present.</summary>
    public void Remove(int member)
    {
        int place = _placeOf[member];
        if (place >= 0)
        {
            _members[place] = _members[place] with { Member = Removed };
            _placeOf[member] = -1;
            _count--;
        }
    }

    /// <summary>Finds a known member; null if it is absent.</summary>
    public RawMember? Find(int member) => _placeOf[member] < 0 ? null : _members[_placeOf[member]];

    /// <summary>Writes the members as one JSON object in source order; names and values keep their bytes.</summary>
    /// <param name="record">The record's first byte.</param>
    /// <param name="arena">Receives the object.</param>
    /// <param name="length">The object's length in bytes.</param>
    /// <returns>The object's first byte, in the arena.</returns>
    public byte* Compose(byte* record, Arena arena, out int length)
    {
        if (_count < _members.Count)
        {
            _members.RemoveAll(member => member.Member == Removed);
        }

        _members.Sort(static (left, right) => left.NameStart.CompareTo(right.NameStart));
        if (_unknown > 1)
        {
            RemoveEarlierRepeats(record, arena);
        }

        int maxBytes = 2;
        foreach (var member in _members)
        {
            maxBytes += member.NameLength + member.ValueLength + 4;
        }

        byte* text = arena.Reserve(maxBytes);
        byte* end = text;
        *end++ = (byte)'{';
        foreach (var member in _members)
        {
            end = end == text + 1 ? end : Copy(", "u8, end);
            end = Copy(new ReadOnlySpan<byte>(record + member.NameStart, member.NameLength), end);
            end = Copy(": "u8, end);
            end = Copy(new ReadOnlySpan<byte>(record + member.ValueStart, member.ValueLength), end);
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

    /// <summary>
    /// Removes unknown members whose name occurs again later: the last one counts, as for known members.
    /// </summary>
    private void RemoveEarlierRepeats(byte* record, Arena arena)
    {
        using var names = new NameHashes(_unknown);
        int kept = _members.Count;
        for (int at = _members.Count - 1; at >= 0; at--)
        {
            if (_members[at].Member != MemberNames.Unknown || names.Add(HashOfName(_members[at], record, arena)))
            {
                _members[--kept] = _members[at];
            }
        }

        _members.RemoveRange(0, kept);
    }

    /// <summary>
    /// Hashes the unescaped bytes of a name under a random seed for each process, so that nobody can craft two names
    /// with the same hash. A string for each name would take several times the event's own memory.
    /// </summary>
    private static UInt128 HashOfName(in RawMember member, byte* record, Arena arena)
    {
        byte* from = record + member.NameStart + 1;
        byte* name = arena.Reserve(member.NameLength);
        byte* end = JsonText.Unescape(from, from + member.NameLength - 2, name, out _);
        return XxHash128.HashToUInt128(new ReadOnlySpan<byte>(name, (int)(end - name)), Seed);
    }
}
