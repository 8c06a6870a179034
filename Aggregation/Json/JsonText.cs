using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Json;

/// <summary>Unescapes JSON strings.</summary>
internal static unsafe class JsonText
{
    /// <summary>Unescapes a valid string.</summary>
    /// <param name="from">The byte after its opening quote.</param>
    /// <param name="end">Its closing quote.</param>
    /// <param name="to">Receives the text, which is never longer than its source.</param>
    /// <param name="loneSurrogate">
    /// Whether the text has half of a surrogate pair, which UTF-8 cannot represent. Such a half takes three bytes, as
    /// in WTF-8, so that different names stay different; <see cref="ReplaceLoneSurrogates"/> makes valid UTF-8 of the
    /// text.
    /// </param>
    /// <returns>The end of the text.</returns>
    public static byte* Unescape(byte* from, byte* end, byte* to, out bool loneSurrogate)
    {
        loneSurrogate = false;
        while (true)
        {
            int plain = new ReadOnlySpan<byte>(from, (int)(end - from)).IndexOf((byte)'\\');
            plain = plain < 0 ? (int)(end - from) : plain;
            Buffer.MemoryCopy(from, to, plain, plain);
            from += plain;
            to += plain;
            if (from == end)
            {
                return to;
            }

            if (from[1] == 'u')
            {
                from = UnescapeCodePoint(from, end, ref to, ref loneSurrogate);
            }
            else
            {
                *to++ = Unescape(from[1]);
                from += 2;
            }
        }
    }

    /// <summary>Replaces each lone surrogate by U+FFFD, which also takes three bytes.</summary>
    public static void ReplaceLoneSurrogates(Span<byte> text)
    {
        for (int at = 0; at < text.Length - 2; at++)
        {
            // In valid UTF-8 the byte after ED is less than A0.
            if (text[at] == 0xED && text[at + 1] >= 0xA0)
            {
                "\uFFFD"u8.CopyTo(text[at..]);
            }
        }
    }

    private static byte Unescape(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    private static byte* UnescapeCodePoint(byte* from, byte* end, ref byte* to, ref bool loneSurrogate)
    {
        char unit = CodeUnit(from);
        from += 6;
        if (char.IsHighSurrogate(unit) && end - from >= 6 && from[0] == '\\' && from[1] == 'u'
            && char.IsLowSurrogate(CodeUnit(from)))
        {
            to += new Rune(unit, CodeUnit(from)).EncodeToUtf8(new Span<byte>(to, 4));
            return from + 6;
        }

        if (Rune.TryCreate(unit, out var rune))
        {
            to += rune.EncodeToUtf8(new Span<byte>(to, 4));
            return from;
        }

        loneSurrogate = true;
        *to++ = (byte)(0xE0 | (unit >> 12));
        *to++ = (byte)(0x80 | ((unit >> 6) & 0x3F));
        *to++ = (byte)(0x80 | (unit & 0x3F));
        return from;
    }

    private static char CodeUnit(byte* escape) => (char)ushort.Parse(
        new ReadOnlySpan<byte>(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
