namespace CloudTrailAggregation.Plan;

/// <summary>What a run reads of a trail.</summary>
/// <param name="Accounts">The accounts that have an object.</param>
/// <param name="Regions">The names of the regions that have an object, each once for all accounts.</param>
/// <param name="Quiet">
/// The accounts' regions whose last object is older than the last day read, and the chosen accounts and regions without
/// an object: their trail may have stopped, or there was nothing to record.
/// </param>
/// <param name="Folders">The number of regions' folders that were listed, with an object or without.</param>
/// <param name="FirstFolder">The key of the first of them; empty for none.</param>
internal sealed record TrailReading(
    NamedItems Accounts, NamedItems Regions, NamedItems Quiet, int Folders, string FirstFolder)
{
    private const int MaxNamed = 20, MaxNamedQuiet = 5;

    /// <summary>Sums up the regions' folders of a trail.</summary>
    /// <param name="folders">The folders; several of one region may be there.</param>
    /// <param name="selection">Has the chosen accounts.</param>
    /// <param name="lastDay">The last day read, 0 to 31.</param>
    public static TrailReading Of(IReadOnlyCollection<ListedFolder> folders, SourceSelection selection, int lastDay)
    {
        var read = folders.Where(folder => folder.Count > 0).ToList();
        var quiet = read
            .GroupBy(folder => $"{folder.Region!.Account}/{folder.Region.Region}")
            .Where(region => region.Max(folder => folder.LastDay) < lastDay)
            .Select(region => region.Key);
        string[] accounts = [.. read.Select(folder => folder.Region!.Account).Distinct()];
        string[] regions = [.. read.Select(folder => folder.Region!.Region).Distinct()];
        var unseen = selection.Accounts.Except(accounts).Concat(selection.Regions.Except(regions));
        return new TrailReading(
            Named(accounts),
            Named(regions),
            NamedItems.Of(quiet.Concat(unseen), MaxNamedQuiet),
            folders.Select(folder => folder.Region).Distinct().Count(),
            folders.FirstOrDefault()?.Region!.Prefix ?? "");
    }

    // A copy of a part of a trail may have no folder that names the account or the region.
    private static NamedItems Named(IEnumerable<string> names) =>
        NamedItems.Of(names.Where(name => name.Length > 0), MaxNamed);
}
