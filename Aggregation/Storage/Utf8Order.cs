namespace CloudTrailAggregation.Storage;

/// <summary>
/// The order in which S3 lists keys: that of their UTF-8 bytes. It is the ordinal order of UTF-16
/// except for surrogate pairs, which UTF-8 sorts after U+E000 to U+FFFF.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    /// <summary>The only instance.</summary>
    public static readonly Utf8Order Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x, right = y;
        int i = left.CommonPrefixLength(right);
        if (i == left.Length || i == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        return char.IsSurrogate(left[i]) != char.IsSurrogate(right[i]) && left[i] >= '\ud800' && right[i] >= '\ud800'
            ? right[i].CompareTo(left[i]) // A surrogate is always the smaller char but the greater character.
            : left[i].CompareTo(right[i]);
    }
}
