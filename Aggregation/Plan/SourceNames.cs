using System.Globalization;

namespace CloudTrailAggregation.Plan;

/// <summary>Which names below a folder <c>YYYY/MM/</c> are sources: <c>DD/</c>, any path, and a suffix.</summary>
internal sealed class SourceNames
{
    /// <summary>The length of <c>DD/</c>.</summary>
    public const int DayLength = 3;

    private readonly string[] _suffixes;
    private readonly bool _onlyBelowDays;

    private SourceNames(bool onlyBelowDays, params string[] suffixes) =>
        (_onlyBelowDays, _suffixes) = (onlyBelowDays, suffixes);

    /// <summary>Stage 1's names.</summary>
    public static SourceNames Daily { get; } = new(false, ".ndjson", ".json", ".ndjson.gz", ".json.gz");

    /// <summary>
    /// CloudTrail's names. Keys beside the days' folders are not counted, because a large month is listed day by day.
    /// </summary>
    public static SourceNames Trail { get; } = new(true, ".json.gz", ".json");

    /// <summary>Whether the name is a source's.</summary>
    public bool IsSource(ReadOnlySpan<char> name)
    {
        if (DayOf(name) == 0 || name.Length == DayLength)
        {
            return false;
        }

        foreach (string suffix in _suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a name that is not a source's counts as ignored.</summary>
    public bool IsIgnored(ReadOnlySpan<char> name) =>
        !_onlyBelowDays || (DayOf(name) > 0 && name.Length > DayLength);

    /// <summary>The day that a name starts with, 1 to 31; 0 if it starts with none.</summary>
    public static int DayOf(ReadOnlySpan<char> name) =>
        name.Length >= DayLength && name[2] == '/'
        && int.TryParse(name[..2], NumberStyles.None, CultureInfo.InvariantCulture, out int day)
        && day is >= 1 and <= 31
            ? day
            : 0;
}
