using System.Buffers;
using System.Text;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Up to 1,024 successive objects of one folder <c>.../YYYY/MM/</c> as bytes: a run may list a million objects, and
/// strings would cost 400 bytes for each. The folder's key and what all names begin with are kept once.
/// </summary>
internal sealed class ObjectBlock
{
    /// <summary>The maximum number of objects in a block.</summary>
    public const int MaxObjects = 1_024;

    private readonly byte[] _folder;
    private readonly byte[] _common;
    private readonly byte[] _entries;
    private readonly int[] _ends;

    /// <param name="folder">The folder's key in UTF-8; blocks of one folder share it.</param>
    /// <param name="folderLength">The length of the folder's key in characters.</param>
    /// <param name="objects">
    /// The objects in the order of their keys, at least 1; each key is the folder's, <c>DD/</c> and a name.
    /// </param>
    public ObjectBlock(byte[] folder, int folderLength, IReadOnlyList<StoredObject> objects)
    {
        int start = folderLength + SourceNames.DayLength;
        int common = CommonLength(objects, start);
        var entries = new MemoryStream();
        _folder = folder;
        _common = Encoding.UTF8.GetBytes(objects[0].Key, start, common);
        _ends = new int[objects.Count];
        for (int number = 0; number < objects.Count; number++)
        {
            ObjectEntry.Write(entries, objects[number], folderLength, start + common);
            _ends[number] = (int)entries.Length;
        }

        _entries = entries.ToArray();
    }

    /// <summary>The number of objects.</summary>
    public int Count => _ends.Length;

    /// <summary>An object's day, size and ETag, and the end of its name.</summary>
    public ObjectEntry this[int number] =>
        new(_entries.AsSpan(number == 0 ? 0 : _ends[number - 1], EntryLength(number)));

    /// <summary>The day of an object, 1 to 31.</summary>
    public int DayOf(int number) => ObjectEntry.DayOf(_entries, number == 0 ? 0 : _ends[number - 1]);

    /// <summary>An object as it was listed.</summary>
    public StoredObject ObjectAt(int number)
    {
        var entry = this[number];
        Span<byte> key = stackalloc byte[KeyLength(entry)];
        WriteKey(entry, key);
        return new StoredObject(Encoding.UTF8.GetString(key), entry.Size, entry.ETagText(), entry.IsArchived);
    }

    /// <summary>The length of an object's key in UTF-8.</summary>
    public int KeyLength(ObjectEntry entry) =>
        _folder.Length + SourceNames.DayLength + _common.Length + entry.NameEnd.Length;

    /// <summary>Writes an object's key in UTF-8.</summary>
    public void WriteKey(ObjectEntry entry, Span<byte> key)
    {
        _folder.CopyTo(key);
        var rest = key[_folder.Length..];
        (rest[0], rest[1], rest[2]) = ((byte)('0' + (entry.Day / 10)), (byte)('0' + (entry.Day % 10)), (byte)'/');
        _common.CopyTo(rest[SourceNames.DayLength..]);
        entry.NameEnd.CopyTo(rest[(SourceNames.DayLength + _common.Length)..]);
    }

    private int EntryLength(int number) => _ends[number] - (number == 0 ? 0 : _ends[number - 1]);

    /// <summary>The number of characters, whole code points, that all keys share from a place on.</summary>
    private static int CommonLength(IReadOnlyList<StoredObject> objects, int start)
    {
        var common = objects[0].Key.AsSpan(start);
        for (int number = 1; number < objects.Count; number++)
        {
            common = common[..common.CommonPrefixLength(objects[number].Key.AsSpan(start))];
        }

        return common.Length > 0 && char.IsHighSurrogate(common[^1]) ? common.Length - 1 : common.Length;
    }
}

/// <summary>
/// An object in a block: its day, size, ETag and the end of its name. A day of 5 bits and three flags are one byte; an
/// ETag of 32 hexadecimal digits, S3's typical one, takes 16.
/// </summary>
internal readonly ref struct ObjectEntry
{
    private const int DayMask = 0x1F, Archived = 0x20, Hex = 0x40, Quoted = 0x80;
    private const int HexBytes = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <param name="bytes">The entry.</param>
    public ObjectEntry(ReadOnlySpan<byte> bytes)
    {
        Flags = bytes[0];
        int at = 1;
        Size = ReadNumber(bytes, ref at);
        int length = (Flags & Hex) != 0 ? HexBytes : (int)ReadNumber(bytes, ref at);
        ETag = bytes.Slice(at, length);
        NameEnd = bytes[(at + length)..];
    }

    /// <summary>The day, and how the ETag is kept.</summary>
    public byte Flags { get; }

    /// <summary>The day, 1 to 31.</summary>
    public int Day => Flags & DayMask;

    /// <summary>Whether somebody must restore the object before it can be read.</summary>
    public bool IsArchived => (Flags & Archived) != 0;

    /// <summary>The size in bytes, as stored.</summary>
    public long Size { get; }

    /// <summary>The ETag: with equal <see cref="Flags"/>, equal bytes are equal ETags.</summary>
    public ReadOnlySpan<byte> ETag { get; }

    /// <summary>The name without what it shares with the block's other names, in UTF-8.</summary>
    public ReadOnlySpan<byte> NameEnd { get; }

    /// <summary>The ETag as it was listed.</summary>
    public string ETagText()
    {
        string text = (Flags & Hex) != 0 ? Convert.ToHexStringLower(ETag) : Encoding.UTF8.GetString(ETag);
        return (Flags & Quoted) != 0 ? $"\"{text}\"" : text;
    }

    /// <summary>The day of the entry that starts at a place.</summary>
    public static int DayOf(ReadOnlySpan<byte> entries, int start) => entries[start] & DayMask;

    /// <summary>Writes an object.</summary>
    /// <param name="output">Receives the entry.</param>
    /// <param name="stored">The object.</param>
    /// <param name="dayAt">Where in its key the day's two digits are.</param>
    /// <param name="nameEndAt">Where in its key the end of the name starts.</param>
    public static void Write(Stream output, StoredObject stored, int dayAt, int nameEndAt)
    {
        int day = ((stored.Key[dayAt] - '0') * 10) + (stored.Key[dayAt + 1] - '0');
        bool isQuoted = stored.ETag.Length >= 2 && stored.ETag[0] == '"' && stored.ETag[^1] == '"';
        string tag = isQuoted ? stored.ETag[1..^1] : stored.ETag;
        bool isHex = tag.Length == HexBytes * 2 && !tag.AsSpan().ContainsAnyExcept(HexDigits);
        output.WriteByte((byte)(
            day | (stored.IsArchived ? Archived : 0) | (isHex ? Hex : 0) | (isQuoted ? Quoted : 0)));
        WriteNumber(output, stored.Size);
        byte[] bytes = isHex ? Convert.FromHexString(tag) : Encoding.UTF8.GetBytes(tag);
        if (!isHex)
        {
            WriteNumber(output, bytes.Length);
        }

        output.Write(bytes);
        output.Write(Encoding.UTF8.GetBytes(stored.Key, nameEndAt, stored.Key.Length - nameEndAt));
    }

    /// <summary>Seven bits a byte, the lowest first; the last byte's highest bit is 0.</summary>
    private static void WriteNumber(Stream output, long number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            output.WriteByte((byte)(number | 0x80));
        }

        output.WriteByte((byte)number);
    }

    private static long ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        long number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            number |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
