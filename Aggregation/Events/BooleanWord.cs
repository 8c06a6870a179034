using System.Text;

namespace CloudTrailAggregation.Events;

/// <summary>
/// What a boolean column makes of a text: true and false in any case, because some services write strings.
/// </summary>
internal static class BooleanWord
{
    /// <summary>Reads the text of a string, or a value's JSON.</summary>
    /// <returns>Null if it is neither true nor false.</returns>
    public static bool? Read(ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(word, "true"u8) ? true
        : Ascii.EqualsIgnoreCase(word, "false"u8) ? false
        : null;
}
