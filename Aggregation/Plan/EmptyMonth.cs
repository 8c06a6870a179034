using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Says of a month without records why there is nothing to read and what exists instead, so that a mistyped prefix is not
/// taken for a quiet month. Costs a few listings of folders, and never fails a run by itself.
/// </summary>
internal sealed class EmptyMonth(IObjectStore source, Month month, TimeProvider time)
{
    /// <summary>Keys that are sources, as messages name them.</summary>
    private const string SourceNames = "DD/*.ndjson or *.json, also with .gz";

    /// <summary>For all listings together: beside a million files a page of a listing may have no folder.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Sentences: the place, what is wrong, what exists instead, what to do.</returns>
    public async Task<string> ReasonAsync(int sourceFiles, IgnoredKeys ignored, CancellationToken cancellation)
    {
        string nothing = $"{source.UriOf(month.Prefix)}: {Nothing(sourceFiles, ignored)}";
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return $"{nothing} {await new FoundFolders(source, month).TextAsync(either.Token)}";
        }
        catch (AggregationException refused)
        {
            return $"{nothing} What exists instead cannot be listed: {refused.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{nothing} What exists instead could not be listed in {Patience.TotalSeconds:N0} s. Correct {FoundFolders.Source}.";
        }
    }

    private static string Nothing(int sourceFiles, IgnoredKeys ignored) =>
        sourceFiles == 1 ? "its one file has no line."
        : sourceFiles > 1 ? $"its {sourceFiles} files have no line."
        : ignored.Count > 0 ? $"there is nothing to read: none of its keys is a source ({SourceNames}): {FoundFolders.Names(ignored.First, ignored.Count)}."
        : $"there is nothing to read ({SourceNames}).";
}
