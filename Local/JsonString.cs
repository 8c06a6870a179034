using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Local;

/// <summary>The text of a valid JSON string. GetString of System.Text.Json throws at half a surrogate pair.</summary>
internal static class JsonString
{
    private const string Letters = "bfnrt";
    private const string Meanings = "\b\f\n\r\t";

    /// <summary>Unescapes a string into UTF-16, which can hold half a surrogate pair.</summary>
    /// <param name="inside">The bytes between the quotes.</param>
    /// <param name="isWhole">Whether every surrogate has its pair: only then can the text be UTF-8.</param>
    public static string Unescape(ReadOnlySpan<byte> inside, out bool isWhole)
    {
        var text = new StringBuilder(inside.Length);
        while (!inside.IsEmpty)
        {
            int plain = inside.IndexOf((byte)'\\');
            plain = plain < 0 ? inside.Length : plain;
            text.Append(Encoding.UTF8.GetString(inside[..plain]));
            inside = inside[plain..];
            if (!inside.IsEmpty)
            {
                bool isUnit = inside[1] == 'u';
                int letter = Letters.IndexOf((char)inside[1], StringComparison.Ordinal);
                text.Append(isUnit ? CodeUnit(inside[2..6]) : letter >= 0 ? Meanings[letter] : (char)inside[1]);
                inside = inside[(isUnit ? 6 : 2)..];
            }
        }

        string unescaped = text.ToString();
        isWhole = IsWhole(unescaped);
        return unescaped;
    }

    /// <summary>The text of a string in UTF-8, with U+FFFD for each surrogate without its pair.</summary>
    /// <param name="inside">The bytes between the quotes.</param>
    /// <param name="isWhole">Whether every surrogate has its pair.</param>
    public static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> inside, out bool isWhole)
    {
        isWhole = true;
        return inside.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(Unescape(inside, out isWhole)) : inside;
    }

    private static char CodeUnit(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
