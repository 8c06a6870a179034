using System.Runtime.Intrinsics;
using System.Text;

namespace CloudTrailAggregation.Events;

/// <summary>
/// Finds the number of a known member by its name with one masked 32-byte comparison: the longest name has 30 bytes
/// with its quotes. A member's number is the position of its column; numbers from <see cref="FirstSecondSpelling"/> on
/// are second spellings, and numbers from <see cref="FirstSubstitute"/> on are the members of aggregated events that
/// fill a column in place of its own member.
/// </summary>
internal sealed unsafe class MemberNames
{
    /// <summary>The number of every member that is not known.</summary>
    public const int Unknown = -1;

    private const int BlockBytes = 32;

    /// <summary>The columns whose member has a second spelling.</summary>
    public static readonly int[] ColumnsSpelledTwice =
    [
        .. Enumerable.Range(0, EventSchema.Columns.Length)
            .Where(column => EventSchema.Columns[column].OtherSpelling is not null),
    ];

    /// <summary>One bit for each column that a member of another name than its own can fill.</summary>
    public static readonly ulong FilledByTwoNames =
        ColumnsSpelledTwice.Concat(AggregatedEvent.Substitutes.Select(substitute => substitute.Column))
            .Aggregate(0UL, (bits, column) => bits | (1UL << column));

    /// <summary>One bit for each member of aggregated events that fills a column in place of its own member.</summary>
    public static readonly ulong Substitutes =
        ((1UL << AggregatedEvent.Substitutes.Length) - 1) << FirstSubstitute;

    /// <summary>
    /// One bit for each member of the group, in both spellings, of which every CloudTrail event has at least one.
    /// </summary>
    public static readonly ulong EventMembers = EventSchema.Columns.Index()
        .Where(column =>
            column.Item.Name is "event_version" or "event_time" or "event_source" or "event_name" or "event_id")
        .Aggregate(1UL << SecondSpellingOf(0), (bits, column) => bits | (1UL << column.Index));

    private readonly Vector256<byte>[] _names;
    private readonly Vector256<byte>[] _masks;
    private readonly int[] _lengths;
    private readonly int[][] _membersByLength = new int[BlockBytes + 1][];

    /// <summary>Prepares the comparisons.</summary>
    public MemberNames()
    {
        string[] names =
        [
            .. EventSchema.MemberColumns.Select(column => column.Member),
            .. Enumerable.Repeat("", FirstSecondSpelling - EventSchema.MemberColumns.Length),
            .. ColumnsSpelledTwice.Select(column => EventSchema.Columns[column].OtherSpelling!),
            .. AggregatedEvent.Substitutes.Select(substitute => substitute.Member),
        ];
        byte[][] quoted = Array.ConvertAll(names, name => Encoding.UTF8.GetBytes($"\"{name}\""));
        _names = Array.ConvertAll(quoted, name => Block(name.Length, at => name[at]));
        _masks = Array.ConvertAll(quoted, name => Block(name.Length, _ => byte.MaxValue));
        _lengths = Array.ConvertAll(quoted, name => name.Length);
        for (int length = 0; length <= BlockBytes; length++)
        {
            _membersByLength[length] =
            [
                .. Enumerable.Range(0, names.Length)
                    .Where(member => names[member].Length > 0 && _lengths[member] == length),
            ];
        }
    }

    /// <summary>The smallest number of a second spelling.</summary>
    public static int FirstSecondSpelling => EventSchema.Columns.Length;

    /// <summary>The smallest number of a member of <see cref="AggregatedEvent.Substitutes"/>.</summary>
    public static int FirstSubstitute => FirstSecondSpelling + ColumnsSpelledTwice.Length;

    /// <summary>The number of known members, second spellings and substitutes included.</summary>
    public int Count => _names.Length;

    /// <summary>The number of the second spelling of a column's member.</summary>
    public static int SecondSpellingOf(int column) =>
        FirstSecondSpelling + Array.IndexOf(ColumnsSpelledTwice, column);

    /// <summary>The length of a member's name in bytes, including the quotes.</summary>
    public int LengthOf(int member) => _lengths[member];

    /// <summary>Whether the text at this address is the member's quoted name. 32 bytes must be readable.</summary>
    public bool Matches(byte* quoted, int member) => (Vector256.Load(quoted) & _masks[member]) == _names[member];

    /// <summary>Finds a member by its quoted, unescaped name.</summary>
    /// <returns>Its number or <see cref="Unknown"/>.</returns>
    public int Find(byte* quoted, int length)
    {
        if (length <= BlockBytes)
        {
            foreach (int member in _membersByLength[length])
            {
                if (Matches(quoted, member))
                {
                    return member;
                }
            }
        }

        return Unknown;
    }

    private static Vector256<byte> Block(int length, Func<int, byte> byteAt)
    {
        byte[] block = new byte[BlockBytes];
        for (int at = 0; at < length; at++)
        {
            block[at] = byteAt(at);
        }

        return Vector256.Create(block);
    }
}
