using System.Buffers.Binary;
using System.Text;

namespace CloudTrailAggregation.Layers;

/// <summary>
/// What a 64-bit little-endian ELF shared object needs on the machine that loads it (format: man 5 elf).
/// </summary>
public sealed class SharedObject
{
    private const int LoadSegment = 1, DynamicSegment = 2;
    private const long Needed = 1, StringTable = 5, VersionsNeeded = 0x6ffffffe, VersionsNeededCount = 0x6fffffff;

    private readonly byte[] _file;

    /// <summary>Reads the file's headers and its dynamic section.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a file, or the file is truncated.</exception>
    public SharedObject(byte[] file)
    {
        _file = file;
        if (!file.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        try
        {
            Architecture = UInt16(18) switch { 62 => "x64", 183 => "arm64", var machine => $"ELF machine {machine}" };
            ReadDynamicSection();
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new InvalidDataException("the ELF file is truncated", error);
        }
    }

    /// <summary><c>x64</c>, <c>arm64</c> or the ELF machine number.</summary>
    public string Architecture { get; }

    /// <summary>The libraries that the file links to (DT_NEEDED).</summary>
    public List<string> Libraries { get; } = [];

    /// <summary>The symbol versions that the file needs from them, such as <c>GLIBC_2.17</c>.</summary>
    public List<string> SymbolVersions { get; } = [];

    private void ReadDynamicSection()
    {
        long[] segments = Enumerable.Range(0, UInt16(56)).Select(i => Int64(32) + (i * UInt16(54))).ToArray();
        long dynamic = segments.First(segment => Int32(segment) == DynamicSegment);
        var entries = Enumerable.Range(0, (int)(Int64(dynamic + 32) / 16))
            .Select(i => Int64(dynamic + 8) + (i * 16))
            .Select(entry => (Tag: Int64(entry), Value: Int64(entry + 8)))
            .TakeWhile(entry => entry.Tag != 0)
            .ToArray();
        long strings = FileOffset(Value(StringTable));

        Libraries.AddRange(entries.Where(entry => entry.Tag == Needed).Select(entry => Text(strings + entry.Value)));

        long library = FileOffset(Value(VersionsNeeded));
        for (long i = Value(VersionsNeededCount); i > 0; i--, library += Int32(library + 12))
        {
            long version = library + Int32(library + 8);
            for (ushort j = UInt16(library + 2); j > 0; j--, version += Int32(version + 12))
            {
                SymbolVersions.Add(Text(strings + Int32(version + 8)));
            }
        }

        long Value(long tag) => entries.FirstOrDefault(entry => entry.Tag == tag).Value;

        long FileOffset(long address) => segments
            .Where(segment => Int32(segment) == LoadSegment)
            .Where(segment => address >= Int64(segment + 16) && address < Int64(segment + 16) + Int64(segment + 32))
            .Select(segment => address - Int64(segment + 16) + Int64(segment + 8))
            .FirstOrDefault();
    }

    private string Text(long offset)
    {
        var text = _file.AsSpan((int)offset);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    private ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan((int)offset, 2));

    private int Int32(long offset) => BinaryPrimitives.ReadInt32LittleEndian(_file.AsSpan((int)offset, 4));

    private long Int64(long offset) => BinaryPrimitives.ReadInt64LittleEndian(_file.AsSpan((int)offset, 8));
}
