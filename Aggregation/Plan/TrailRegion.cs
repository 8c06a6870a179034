namespace CloudTrailAggregation.Plan;

/// <summary>A folder of a trail: <c>.../ACCOUNT/CloudTrail*/REGION/</c>, or one above it.</summary>
/// <param name="Prefix">Its key; empty, or ending in '/'.</param>
/// <param name="Account">The account's id; empty where no folder names it.</param>
/// <param name="Region">The region's name; empty where no folder names it.</param>
internal sealed record TrailRegion(string Prefix, string Account = "", string Region = "");
