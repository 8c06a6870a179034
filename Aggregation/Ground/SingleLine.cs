using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Makes text from outside safe for a log or a terminal. Object keys, cells and servers' answers may contain any
/// character, and neither a log nor a terminal may interpret them.
/// </summary>
public static class SingleLine
{
    /// <summary>A message, escaped by <see cref="Escaped"/>, without the secrets in its URLs.</summary>
    public static string Of(string message) => Escaped(Secrets.RemoveFrom(message));

    /// <summary>
    /// Escapes as \uXXXX: control characters, line and paragraph separators, unpaired surrogates, and invisible
    /// characters such as those that change the direction of writing. JSON on one line keeps its meaning, because such
    /// characters can only be in its strings, where \uXXXX means the same.
    /// </summary>
    public static string Escaped(string text)
    {
        StringBuilder? escaped = null;
        for (int at = 0, length; at < text.Length; at += length)
        {
            bool isPair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
            length = isPair ? 2 : 1;
            if (text[at] is < ' ' or > '~' && ChangesOutput(CharUnicodeInfo.GetUnicodeCategory(text, at)))
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

    private static bool ChangesOutput(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
