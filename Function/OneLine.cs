using System.Globalization;
using System.Text;

namespace CloudTrailAggregation;

/// <summary>
/// Text from outside in a message: object keys and servers' answers may hold anything, and neither a log nor a terminal
/// is to obey it.
/// </summary>
public static class OneLine
{
    /// <summary>
    /// The text with control characters, line and paragraph separators, and invisible ones that turn the direction of
    /// writing, as \uXXXX.
    /// </summary>
    public static string Of(string text) => text.Any(Obeyed) ? Escape(text) : text;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char letter in text)
        {
            _ = Obeyed(letter) ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}") : escaped.Append(letter);
        }

        return escaped.ToString();
    }

    private static bool Obeyed(char letter) => CharUnicodeInfo.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
