using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Text from outside in a log or on a terminal: object keys, cells and servers' answers may hold anything, and neither
/// a log nor a terminal is to obey it.
/// </summary>
public static class SingleLine
{
    /// <summary>A message: <see cref="Escaped"/>, and without the secrets that URLs in it carry.</summary>
    public static string Of(string message) => Escaped(Secrets.RemoveFrom(message));

    /// <summary>
    /// The text with control characters, line and paragraph separators, unpaired surrogates, and invisible characters such
    /// as those that turn the direction of writing, as \uXXXX. JSON on one line keeps its meaning: only its strings can
    /// have such characters, and there \uXXXX stands for them.
    /// </summary>
    public static string Escaped(string text)
    {
        StringBuilder? escaped = null;
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
            if (text[at] is < ' ' or > '~' && IsObeyed(CharUnicodeInfo.GetUnicodeCategory(text, at)))
            {
                escaped ??= new StringBuilder(text, 0, at, text.Length + 16);
                AppendEscape(escaped, text.AsSpan(at, length));
            }
            else
            {
                escaped?.Append(text, at, length);
            }
        }

        return escaped?.ToString() ?? text;
    }

    private static void AppendEscape(StringBuilder escaped, ReadOnlySpan<char> character)
    {
        foreach (char unit in character)
        {
            escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
    }

    private static bool IsObeyed(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
