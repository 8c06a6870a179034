using System.Text.RegularExpressions;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>The arguments of a generated trail. Equal arguments give equal bytes.</summary>
/// <param name="Month">
/// What is generated. Bad lines are elements that are not events; the style is always compact, as CloudTrail writes.
/// </param>
public sealed partial record TrailArguments(SampleArguments Month)
{
    public const int MaxAccounts = 1_000;

    /// <summary>The organization whose trail it is; null: each account has a trail of its own.</summary>
    public string? Organization { get; init; }

    public int Accounts { get; init; } = 1;

    public int Regions { get; init; } = 1;

    /// <summary>The largest number of regions.</summary>
    public static int MaxRegions => Words.Regions.Length;

    /// <summary>The error in the arguments; null if there is none.</summary>
    public string? Problem() => this switch
    {
        { Accounts: < 1 or > MaxAccounts } => $"The number of accounts is 1 to {MaxAccounts}.",
        _ when Regions < 1 || Regions > MaxRegions => $"The number of regions is 1 to {MaxRegions}.",
        { Organization: { } id } when !OrganizationId().IsMatch(id) =>
            "An organization is o- and 10 to 32 small letters and digits.",
        _ => Month.Problem(),
    };

    [GeneratedRegex(@"\Ao-[a-z0-9]{10,32}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OrganizationId();
}
