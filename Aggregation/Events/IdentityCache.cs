using System.IO.Hashing;
using System.Security.Cryptography;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Events;

/// <summary>
/// Remembers the last distinct userIdentity objects and what the derived columns hold of each, because they repeat from
/// event to event: a session has one for all of its calls. A text that equals a remembered one byte for byte is neither
/// checked nor read again.
/// </summary>
/// <remarks>
/// Hashes only guess which one that is, so no text can pass for another; they have a random seed for each process, so
/// that nobody can craft texts that displace each other. A text that never repeats costs the hashes and a copy beside
/// its reading. Memory for each reader: 3 MiB at most, of which a typical month touches a quarter.
/// </remarks>
internal sealed unsafe class IdentityCache
{
    /// <summary>The place of no values.</summary>
    public const int NotFound = -1;

    /// <summary>The number of sets of two objects each. A power of two.</summary>
    private const int Sets = 1024;

    /// <summary>The maximum length of an object that is remembered; a typical one has 200 to 800 bytes.</summary>
    private const int MaxBytes = 1408;

    /// <summary>The bytes at its start by which an object is guessed. They contain the session's name.</summary>
    private const int StartBytes = 128;

    /// <summary>The place of the values of an object that is too long to be remembered.</summary>
    private const int NotKept = 2 * Sets;

    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    // By place: set N has the places 2N and 2N + 1.
    private readonly byte[] _texts = GC.AllocateUninitializedArray<byte>(2 * Sets * MaxBytes);
    private readonly ushort[] _lengths = new ushort[2 * Sets];
    private readonly IdentityValues[] _values = new IdentityValues[(2 * Sets) + 1];
    private readonly bool[] _isFirstOlder = new bool[Sets];

    // By the hash of their start: the place of the object that was met last.
    private readonly ushort[] _lastWithStart = new ushort[2 * Sets];

    /// <summary>The values of an object, by its place.</summary>
    public ref readonly IdentityValues this[int place] => ref _values[place];

    /// <summary>Reads a userIdentity that is an object.</summary>
    /// <param name="scanner">Checks the object, and receives the error if it is not valid.</param>
    /// <param name="text">The object's first byte.</param>
    /// <param name="end">The end of its record.</param>
    /// <param name="place">The place of its values, which are valid until the next call.</param>
    /// <returns>The position after the object; null if it is not valid.</returns>
    public byte* Read(ref JsonScanner scanner, byte* text, byte* end, out int place)
    {
        bool hasStart = end - text >= StartBytes;
        int start = hasStart ? (int)(HashOf(text, StartBytes) % (2 * Sets)) : 0;
        place = hasStart ? Find(text, end, _lastWithStart[start]) : NotFound;
        byte* after = place < 0
            ? ReadUnknown(ref scanner, text, ref place)
            : text + _lengths[place];
        if (hasStart && place is >= 0 and < NotKept)
        {
            _lastWithStart[start] = (ushort)place;
        }

        return after;
    }

    /// <summary>Finds a remembered object that the text, not yet checked, begins with.</summary>
    /// <param name="text">The object's first byte.</param>
    /// <param name="end">No byte from there on is read.</param>
    /// <param name="last">The place of the object that was the last one to start like this one.</param>
    private int Find(byte* text, byte* end, int last)
    {
        // Sessions of a role differ in their keys and times, hardly ever in their lengths.
        int length = _lengths[last];
        if (length == 0 || length > end - text)
        {
            return NotFound;
        }

        var bytes = new ReadOnlySpan<byte>(text, length);
        if (Is(last, bytes))
        {
            return last;
        }

        int place = PlaceOf(bytes, out bool isKnown);
        return isKnown ? place : NotFound;
    }

    private byte* ReadUnknown(ref JsonScanner scanner, byte* text, ref int place)
    {
        ref var values = ref _values[NotKept];
        byte* after = IdentityReader.Read(ref scanner, text, ref values);
        if (after == null)
        {
            return null;
        }

        place = NotKept;
        int length = (int)Math.Min(after - text, MaxBytes + 1);
        if (length <= MaxBytes)
        {
            var bytes = new ReadOnlySpan<byte>(text, length);
            place = PlaceOf(bytes, out bool isKnown);
            if (!isKnown)
            {
                Keep(place, bytes, values);
            }
        }

        return after;
    }

    private void Keep(int place, ReadOnlySpan<byte> text, in IdentityValues values)
    {
        text.CopyTo(_texts.AsSpan(place * MaxBytes));
        _lengths[place] = (ushort)text.Length;
        _values[place] = values;
        _isFirstOlder[place / 2] = place % 2 != 0;
    }

    /// <summary>The place of an object; of one that is not known, the place in its set to put it.</summary>
    private int PlaceOf(ReadOnlySpan<byte> text, out bool isKnown)
    {
        int set;
        fixed (byte* first = text)
        {
            set = (int)(HashOf(first, text.Length) % Sets);
        }

        bool isSecond = Is((2 * set) + 1, text);
        isKnown = isSecond || Is(2 * set, text);
        if (isKnown)
        {
            _isFirstOlder[set] = isSecond;
        }
        else
        {
            isSecond = !_isFirstOlder[set];
        }

        return (2 * set) + (isSecond ? 1 : 0);
    }

    private bool Is(int place, ReadOnlySpan<byte> text) =>
        text.SequenceEqual(_texts.AsSpan(place * MaxBytes, _lengths[place]));

    private static ulong HashOf(byte* text, int length) =>
        XxHash3.HashToUInt64(new ReadOnlySpan<byte>(text, length), Seed);
}
