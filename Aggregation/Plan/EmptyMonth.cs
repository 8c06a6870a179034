using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Plan;

/// <summary>
/// Explains why a month has no records and which folders exist instead, so that nobody takes a mistyped prefix for a
/// quiet month. Costs a few listings of folders and never fails a run: a refused listing becomes part of the
/// explanation.
/// </summary>
internal sealed class EmptyMonth(IObjectStore source, Month month, TimeProvider time)
{
    /// <summary>The shape of a source's key, as messages give it.</summary>
    private const string SourceNames = "DD/*.ndjson or *.json, also with .gz";

    /// <summary>
    /// The time limit for all listings together, because a listing of a million files may have many pages without a
    /// folder.
    /// </summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <param name="sourceFiles">How many source objects the month has.</param>
    /// <param name="ignored">The keys in its folder that are not sources.</param>
    /// <param name="cancellation">Ends the listings.</param>
    /// <returns>Sentences: the place, what is wrong, what exists instead, what to do.</returns>
    public async Task<string> ReasonAsync(int sourceFiles, IgnoredKeys ignored, CancellationToken cancellation)
    {
        string nothing = $"{source.UriOf(month.Prefix)}: {NothingToRead(sourceFiles, ignored)}";
        using var timeLimit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeLimit.Token, cancellation);
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
            return $"{nothing} What exists instead could not be listed in {TimeLimit.TotalSeconds:N0} s. "
                + $"Correct {FoundFolders.Source}.";
        }
    }

    private static string NothingToRead(int sourceFiles, IgnoredKeys ignored) =>
        sourceFiles == 1 ? "its one file has no line."
        : sourceFiles > 1 ? $"its {sourceFiles} files have no line."
        : ignored.Count > 0 ? $"there is nothing to read: none of its keys is a source ({SourceNames}): "
            + $"{FoundFolders.Names(ignored.First, ignored.Count)}."
        : $"there is nothing to read ({SourceNames}).";
}
