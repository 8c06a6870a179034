using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Tells a source's layout by its path and its folders. A path with the folder <c>AWSLogs/</c> is in a trail. Otherwise
/// the folders at the root are listed, and those in its folders <c>o-*/</c>, nothing deeper: <c>AWSLogs/</c> means a
/// trail, <c>YYYY/</c> means daily.
/// </summary>
internal static class LayoutDetection
{
    /// <summary>The layout; daily where nothing tells it, which is then an empty month.</summary>
    /// <exception cref="AggregationException">The root has both layouts, or it cannot be listed.</exception>
    public static async Task<SourceLayout> RunAsync(IObjectStore store, CancellationToken cancellation)
    {
        if (TrailStart.IsInTrail(store.Root))
        {
            return SourceLayout.Trail;
        }

        var folders = await store.ListFoldersAsync("", cancellation).ToListAsync(cancellation);
        string? year = folders.Find(folder => TrailStart.IsYear(folder[..^1]));
        string? trail = folders.Find(folder => folder == TrailStart.LogsFolder)
            ?? await InOrganizationAsync(store, folders, cancellation);
        return trail is null ? SourceLayout.Daily
            : year is null ? SourceLayout.Trail
            : throw new AggregationException(
                $"{store.Root}: it has both a trail ({trail}) and years ({year}), so the layout is not clear. "
                + "Set SRC_LAYOUT (--layout) to trail or daily.");
    }

    private static async Task<string?> InOrganizationAsync(
        IObjectStore store, List<string> folders, CancellationToken cancellation)
    {
        var inside = await Listings.EachAsync(
            folders.FindAll(TrailStart.IsOrganization),
            async (folder, stop) =>
                await store.ListFoldersAsync(folder + TrailStart.LogsFolder[..^1], stop).ToListAsync(stop),
            cancellation);
        return inside.SelectMany(each => each)
            .FirstOrDefault(folder => folder.EndsWith("/" + TrailStart.LogsFolder, StringComparison.Ordinal));
    }
}
