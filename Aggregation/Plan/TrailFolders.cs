using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Finds the regions' folders of a trail, level by level from the source's root, with listings that show folders only.
/// Other services' folders, whose names do not begin with CloudTrail, are never looked into.
/// </summary>
/// <param name="store">The source.</param>
/// <param name="selection">The accounts and regions to find.</param>
internal sealed class TrailFolders(IObjectStore store, SourceSelection selection)
{
    /// <summary>The folders of all regions; or none, and a sentence that says where the search ended.</summary>
    /// <exception cref="AggregationException">A folder cannot be listed.</exception>
    public async Task<(IReadOnlyList<TrailRegion> Folders, string? Nothing)> FindAsync(
        TrailStart start, CancellationToken cancellation)
    {
        List<TrailRegion> folders = [new TrailRegion("", start.Account, start.Region)];
        if (!IsSelected(folders[0]))
        {
            string chosen = selection.HasAccount(start.Account) ? "REGIONS (--region)" : "ACCOUNTS (--account)";
            return ([], $"What {store.Root} holds is not in {chosen}. Correct {FoundFolders.Source} or {chosen}.");
        }

        for (var level = start.Next; level < TrailLevel.Year; level++)
        {
            var children = await ChildrenAsync(folders, cancellation);
            var inside = level <= TrailLevel.Account
                ? await ChildrenAsync([.. children.Where(child => IsOrganization(child))], cancellation)
                : [];
            var found = children.Concat(inside).Where(child => TrailStart.IsName(level, NameOf(child))).ToList();
            folders = [.. found.Select(child => In(level, child)).Where(IsSelected)];
            if (folders.Count == 0)
            {
                return ([], Nothing(level, found.Count > 0 ? found : children, isChosen: found.Count > 0));
            }
        }

        return (folders, null);
    }

    /// <summary>Tells the level of a root outside of <c>AWSLogs/</c> by the names of the folders in it.</summary>
    /// <exception cref="AggregationException">The root cannot be listed.</exception>
    public async Task<TrailStart> StartAsync(CancellationToken cancellation)
    {
        if (TrailStart.IsInTrail(store.Root))
        {
            return TrailStart.InTrail(store.Root);
        }

        var children = await ChildrenAsync([new TrailRegion("")], cancellation);
        var inside = await ChildrenAsync([.. children.Where(IsOrganization)], cancellation);
        for (var level = TrailLevel.Logs; level <= TrailLevel.Year; level++)
        {
            var names = level <= TrailLevel.Account ? children.Concat(inside) : children;
            if (names.Any(child => TrailStart.IsName(level, NameOf(child))))
            {
                return TrailStart.At(store.Root, level);
            }
        }

        return new TrailStart(TrailLevel.Logs);
    }

    private async Task<List<TrailRegion>> ChildrenAsync(
        IReadOnlyList<TrailRegion> folders, CancellationToken cancellation)
    {
        var children = await Listings.EachAsync(
            folders,
            async (folder, stop) => await store.ListFoldersAsync(folder.Prefix, stop)
                .Select(name => folder with { Prefix = name })
                .ToListAsync(stop),
            cancellation);
        return [.. children.SelectMany(each => each)];
    }

    private static TrailRegion In(TrailLevel level, TrailRegion child) => level switch
    {
        TrailLevel.Account => child with { Account = NameOf(child) },
        TrailLevel.Region => child with { Region = NameOf(child) },
        _ => child,
    };

    private bool IsSelected(TrailRegion folder) =>
        (folder.Account.Length == 0 || selection.HasAccount(folder.Account))
        && (folder.Region.Length == 0 || selection.HasRegion(folder.Region));

    private static bool IsOrganization(TrailRegion folder) => TrailStart.IsOrganization(NameOf(folder));

    private static string NameOf(TrailRegion folder)
    {
        string path = folder.Prefix[..^1];
        return path[(path.LastIndexOf('/') + 1)..];
    }

    private string Nothing(TrailLevel level, List<TrailRegion> found, bool isChosen)
    {
        string[] names = [.. found.Select(child => NameOf(child) + "/").Distinct().Order(StringComparer.Ordinal)];
        string listed = names.Length == 0 ? "no folders" : FoundFolders.Listed(names);
        var (wanted, chosen) = level switch
        {
            TrailLevel.Logs => ("no folder AWSLogs/, also not in a folder o-*/", ""),
            TrailLevel.Account => ("no account's folder (12 digits)", "ACCOUNTS (--account)"),
            TrailLevel.Service => ("no folder CloudTrail*/ of an account", ""),
            _ => ("no region's folder", "REGIONS (--region)"),
        };
        return isChosen
            ? $"{store.Root} has {listed}, and none of them is in {chosen}. Correct {chosen}."
            : $"{store.Root} has {wanted}; there it has {listed}. Correct {FoundFolders.Source}.";
    }
}
