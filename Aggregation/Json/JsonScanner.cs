using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CloudTrailAggregation.Json;

/// <summary>
/// Steps over JSON (RFC 8259) and checks all of it, UTF-8 included, in one pass. Instead of bounds checks it relies on
/// what follows the text: a newline or a zero, which ends every scan because no JSON value on a line contains it, and
/// 64 readable bytes (<c>Chunk.SpareBytes</c>). Every method takes the position to start at. It returns the position
/// after what it stepped over, or null with <see cref="Error"/> and <see cref="ErrorAt"/> set.
/// </summary>
internal unsafe ref struct JsonScanner
{
    /// <summary>The maximum depth of nested objects and arrays, including the event itself.</summary>
    public const int MaxDepth = 256;

    /// <summary>The error of an object in which a member's name should come.</summary>
    public const string MissingName = "is not valid JSON: a member's name is missing";

    /// <summary>The error of an object that does not go on after a value.</summary>
    public const string MissingComma = "is not valid JSON: ',' or '}' is missing";

    /// <summary>What is wrong; set when a method has returned null.</summary>
    public string? Error { get; private set; }

    /// <summary>The position of the error.</summary>
    public byte* ErrorAt { get; private set; }

    /// <summary>Whether a string with an escape was stepped over; the caller clears it.</summary>
    public bool Escaped { get; set; }

    /// <summary>Steps over white space, except newlines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* SkipWhite(byte* at)
    {
        while (*at is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            at++;
        }

        return at;
    }

    /// <summary>Steps over a value.</summary>
    /// <param name="at">The first byte of the value.</param>
    /// <param name="depth">The number of objects and arrays that contain it.</param>
    public byte* SkipValue(byte* at, int depth)
    {
        switch (*at)
        {
            case (byte)'"':
                byte* quote = FindClosingQuote(at + 1);
                return quote == null ? null : quote + 1;
            case (byte)'{':
                return depth < MaxDepth ? SkipObject(at + 1, depth + 1) : Fail(at, "is nested deeper than 256 levels");
            case (byte)'[':
                return depth < MaxDepth ? SkipArray(at + 1, depth + 1) : Fail(at, "is nested deeper than 256 levels");
            case (byte)'t':
                return SkipLiteral(at, "true"u8);
            case (byte)'f':
                return SkipLiteral(at, "false"u8);
            case (byte)'n':
                return SkipLiteral(at, "null"u8);
            default:
                return SkipNumber(at);
        }
    }

    /// <summary>Finds the quote that ends a string.</summary>
    /// <param name="at">The byte after its opening quote.</param>
    /// <returns>The closing quote.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* FindClosingQuote(byte* at)
    {
        at = FindSpecial(at, stopsAtNonAscii: true);
        return *at == '"' ? at : FindClosingQuoteSlowly(at);
    }

    private byte* FindClosingQuoteSlowly(byte* at)
    {
        while (at != null && *at != '"')
        {
            at = *at == '\\' ? SkipEscape(at) : *at >= 0x80 ? SkipUtf8(at) : Fail(at, *at == '\n'
                ? "ends within a string"
                : "has a control character in a string");
            at = at == null ? null : FindSpecial(at, stopsAtNonAscii: true);
        }

        return at;
    }

    /// <summary>Finds the next byte that is a quote, a backslash or a control character.</summary>
    /// <param name="at">The first byte.</param>
    /// <param name="stopsAtNonAscii">Whether it also finds a byte that is not ASCII.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* FindSpecial(byte* at, bool stopsAtNonAscii)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            while (true)
            {
                var bytes = Vector256.Load(at);
                var special = Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                    | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                    | (stopsAtNonAscii
                        ? Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte()
                        : Vector256.LessThan(bytes, Vector256.Create((byte)' ')));
                uint mask = special.ExtractMostSignificantBits();
                if (mask != 0)
                {
                    return at + BitOperations.TrailingZeroCount(mask);
                }

                at += Vector256<byte>.Count;
            }
        }

        while (true)
        {
            var bytes = Vector128.Load(at);
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | (stopsAtNonAscii
                    ? Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
                    : Vector128.LessThan(bytes, Vector128.Create((byte)' ')));
            uint mask = special.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return at + BitOperations.TrailingZeroCount(mask);
            }

            at += Vector128<byte>.Count;
        }
    }

    private byte* SkipObject(byte* at, int depth)
    {
        at = SkipWhite(at);
        if (*at == '}')
        {
            return at + 1;
        }

        while (true)
        {
            at = SkipName(at);
            at = at == null ? null : SkipValue(at, depth);
            if (at == null)
            {
                return null;
            }

            at = SkipWhite(at);
            if (*at == '}')
            {
                return at + 1;
            }

            if (*at != ',')
            {
                return Fail(at, MissingComma);
            }

            at = SkipWhite(at + 1);
        }
    }

    /// <summary>Steps over a member's name, the colon and the white space around it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* SkipName(byte* at)
    {
        if (*at != '"')
        {
            return Fail(at, MissingName);
        }

        at = FindClosingQuote(at + 1);
        return at == null ? null : SkipColon(at + 1);
    }

    /// <summary>Steps over a colon and the white space around it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* SkipColon(byte* at)
    {
        at = SkipWhite(at);
        return *at == ':' ? SkipWhite(at + 1) : Fail(at, "is not valid JSON: ':' is missing after a member's name");
    }

    private byte* SkipArray(byte* at, int depth)
    {
        at = SkipWhite(at);
        if (*at == ']')
        {
            return at + 1;
        }

        while (true)
        {
            at = SkipValue(at, depth);
            if (at == null)
            {
                return null;
            }

            at = SkipWhite(at);
            if (*at == ']')
            {
                return at + 1;
            }

            if (*at != ',')
            {
                return Fail(at, "is not valid JSON: ',' or ']' is missing");
            }

            at = SkipWhite(at + 1);
        }
    }

    private byte* SkipLiteral(byte* at, ReadOnlySpan<byte> literal) =>
        new ReadOnlySpan<byte>(at, literal.Length).SequenceEqual(literal)
            ? at + literal.Length
            : Fail(at, "is not valid JSON: a value is missing");

    private byte* SkipNumber(byte* at)
    {
        byte* start = at;
        at += *at == '-' ? 1 : 0;
        byte* digits = at;
        at = SkipDigits(at);
        if (at == digits)
        {
            return Fail(start, *at == '\n' ? "ends too early" : "is not valid JSON: a value is missing");
        }

        if (*digits == '0' && at > digits + 1)
        {
            return Fail(start, "is not valid JSON: a number starts with 0");
        }

        if (*at == '.')
        {
            byte* fraction = at + 1;
            at = SkipDigits(fraction);
            if (at == fraction)
            {
                return Fail(at, "is not valid JSON: a number ends with its decimal point");
            }
        }

        if ((*at | 0x20) == 'e')
        {
            at += at[1] is (byte)'+' or (byte)'-' ? 2 : 1;
            byte* exponent = at;
            at = SkipDigits(at);
            if (at == exponent)
            {
                return Fail(at, "is not valid JSON: a number has an empty exponent");
            }
        }

        return at;
    }

    private static byte* SkipDigits(byte* at)
    {
        while ((uint)(*at - '0') <= 9)
        {
            at++;
        }

        return at;
    }

    private byte* SkipEscape(byte* at)
    {
        Escaped = true;
        if (at[1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(at[1]) ? at + 2 : Fail(at, "is not valid JSON: an escape is unknown");
        }

        for (int digit = 2; digit < 6; digit++)
        {
            if (!char.IsAsciiHexDigit((char)at[digit]))
            {
                return Fail(at, "is not valid JSON: an escape \\u lacks its four digits");
            }
        }

        return at + 6;
    }

    /// <summary>Steps over one character of two to four bytes: Unicode 16, table 3-7.</summary>
    private byte* SkipUtf8(byte* at)
    {
        byte first = at[0];
        int length = first switch
        {
            >= 0xC2 and <= 0xDF => 2,
            >= 0xE0 and <= 0xEF => 3,
            >= 0xF0 and <= 0xF4 => 4,
            _ => 0,
        };
        byte low = first == 0xE0 ? (byte)0xA0 : first == 0xF0 ? (byte)0x90 : (byte)0x80;
        byte high = first == 0xED ? (byte)0x9F : first == 0xF4 ? (byte)0x8F : (byte)0xBF;
        bool valid = length >= 2 && at[1] >= low && at[1] <= high
            && (length < 3 || (at[2] & 0xC0) == 0x80)
            && (length < 4 || (at[3] & 0xC0) == 0x80);
        return valid ? at + length : Fail(at, "is not valid UTF-8");
    }

    /// <summary>Sets the error and its position, unless an earlier error is set.</summary>
    /// <returns>Null.</returns>
    public byte* Fail(byte* at, string error)
    {
        if (Error is null)
        {
            Error = error;
            ErrorAt = at;
        }

        return null;
    }
}
