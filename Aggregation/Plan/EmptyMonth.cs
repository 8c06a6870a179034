using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Explains why a month has no records and which folders exist instead, so that nobody takes a mistyped prefix for a
/// quiet month. Costs a few listings of folders and never fails a run: a refused listing becomes part of the
/// explanation.
/// </summary>
internal sealed class EmptyMonth(IObjectStore source, TimeProvider time)
{
    /// <summary>The shape of a source's key below the month, as messages give it.</summary>
    private const string DailyNames = "DD/*.ndjson or *.json, also with .gz", TrailNames = "DD/*.json.gz or *.json";

    /// <summary>
    /// The time limit for all listings together, because a listing of a million files may have many pages without a
    /// folder.
    /// </summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Lists a unit's sources and explains why they have no records.</summary>
    /// <returns>Sentences: the place, what is wrong, what exists instead, what to do.</returns>
    /// <exception cref="AggregationException">The sources cannot be listed.</exception>
    public async Task<string> ReasonAsync(Unit unit, SourceSelection selection, CancellationToken cancellation)
    {
        var discovery = new SourceDiscovery(source, selection, time.GetUtcNow(), deduplicate: false);
        return await ReasonAsync(await discovery.ListAsync(unit, cancellation), cancellation);
    }

    /// <param name="sources">The unit's sources, which have no records.</param>
    /// <param name="cancellation">Ends the listings.</param>
    /// <returns>Sentences: the place, what is wrong, what exists instead, what to do.</returns>
    public async Task<string> ReasonAsync(SourceListing sources, CancellationToken cancellation)
    {
        string nothing = $"{sources.Where}: {NothingToRead(sources)}";
        using var timeLimit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeLimit.Token, cancellation);
        try
        {
            return $"{nothing} {await InsteadAsync(sources, either.Token)}";
        }
        catch (AggregationException refused)
        {
            return $"{nothing} What exists instead cannot be listed: {refused.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{nothing} What exists instead could not be listed in {TimeLimit.TotalSeconds:N0} s. "
                + $"Correct {FoundFolders.Source}.";
        }
    }

    private async Task<string> InsteadAsync(SourceListing sources, CancellationToken cancellation)
    {
        var found = new FoundFolders(source, sources.Unit.Month);
        return sources.Selection.Layout == SourceLayout.Daily ? await found.TextAsync(cancellation)
            : sources.NoFolder is { } nothing ? nothing
            : sources.Trail is { Folders: > 0 } trail ? await found.TextAsync(trail, cancellation)
            : "All its days are open: a run reads a trail's day when it has ended (UTC) at least one hour before.";
    }

    private static string NothingToRead(SourceListing sources)
    {
        string names = sources.Selection.Layout == SourceLayout.Daily ? DailyNames : TrailNames;
        var ignored = sources.Ignored;
        return sources.Count == 1 ? "its one file has no record."
            : sources.Count > 1 ? $"its {sources.Count} files have no record."
            : ignored.Count > 0 ? $"there is nothing to read: none of its keys is a source ({names}): "
                + $"{FoundFolders.Names(ignored.First, ignored.Count)}."
            : $"there is nothing to read ({names}).";
    }
}
