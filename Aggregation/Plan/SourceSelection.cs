using System.Buffers;

namespace CloudTrailAggregation.Plan;

/// <summary>Which objects of a source a run reads: their layout and, of a trail, the accounts and regions.</summary>
public sealed record SourceSelection
{
    private const int AccountDigits = 12;

    private static readonly SearchValues<char> RegionCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>The layout; by default the source's folders decide.</summary>
    public SourceLayout Layout { get; init; }

    /// <summary>The ids of the accounts, in ordinal order; all if empty, which is the default.</summary>
    public IReadOnlyList<string> Accounts { get; init => field = InOrder(value); } = [];

    /// <summary>The names of the regions, in ordinal order; all if empty, which is the default.</summary>
    public IReadOnlyList<string> Regions { get; init => field = InOrder(value); } = [];

    /// <summary>Whether accounts or regions are chosen, which only a trail has.</summary>
    public bool IsNarrowed => Accounts.Count > 0 || Regions.Count > 0;

    /// <summary>Whether the text is an account's id: 12 digits.</summary>
    public static bool IsAccount(ReadOnlySpan<char> text) =>
        text.Length == AccountDigits && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>
    /// Whether the text can be the name of an AWS region: lower-case words and a number, such as us-gov-east-1.
    /// </summary>
    public static bool IsRegion(ReadOnlySpan<char> text)
    {
        int words = 0;
        ReadOnlySpan<char> last = "";
        foreach (var range in text.Split('-'))
        {
            last = text[range];
            words++;
            if (last.IsEmpty || last.ContainsAnyExcept(RegionCharacters))
            {
                return false;
            }
        }

        return words >= 3 && char.IsAsciiLetter(text[0]) && !last.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>Reads comma-separated account ids; spaces around them are allowed.</summary>
    /// <returns>False if one is not an account's id.</returns>
    public static bool TryParseAccounts(string text, out IReadOnlyList<string> accounts)
    {
        accounts = Names(text);
        return accounts.All(account => IsAccount(account));
    }

    /// <summary>Reads comma-separated names of regions; spaces around them are allowed.</summary>
    /// <returns>False if one is not a region's name.</returns>
    public static bool TryParseRegions(string text, out IReadOnlyList<string> regions)
    {
        regions = Names(text);
        return regions.All(region => IsRegion(region));
    }

    /// <summary>Whether the same layout, accounts and regions are selected.</summary>
    public bool Equals(SourceSelection? other) =>
        other is not null && Layout == other.Layout
        && Accounts.SequenceEqual(other.Accounts) && Regions.SequenceEqual(other.Regions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Layout, Accounts.Count, Regions.Count);

    internal bool HasAccount(string account) => Has(Accounts, account);

    internal bool HasRegion(string region) => Has(Regions, region);

    private static bool Has(IReadOnlyList<string> chosen, string name) =>
        chosen.Count == 0 || chosen.Contains(name, StringComparer.Ordinal);

    private static string[] Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string[] InOrder(IReadOnlyList<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
