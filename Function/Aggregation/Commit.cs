using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>Makes a run's staged files visible, 000000 first, and clears what an earlier run left over.</summary>
internal sealed class Commit(IObjectStore source, IObjectStore destination, MonthPlan plan, TimeProvider time)
{
    private readonly List<string> _removed = [];

    /// <summary>URIs of the files of an earlier run that were deleted.</summary>
    public IReadOnlyList<string> Removed => _removed;

    /// <summary>How long a reader could see files of both runs; null where one file replaced at most one.</summary>
    public TimeSpan? Mixed { get; private set; }

    /// <exception cref="AggregationException">A source changed, or the month would shrink: nothing was changed.</exception>
    public async Task CheckAsync(LineCounts counts, bool replace, CancellationToken cancellation)
    {
        var later = await SourceListing.ReadAsync(plan.Month, source, cancellation);
        plan.Sources.CheckUnchanged(later, source);
        if (!replace)
        {
            CheckNotShrinking(counts, cancellation);
        }
    }

    /// <summary>Once begun it is not given up half-way, whatever the time: there is no token.</summary>
    /// <exception cref="CommitLostException">Another run was faster.</exception>
    public async Task RunAsync(RejectFile rejects, PartFiles files)
    {
        if (rejects.Staged is { } rejected)
        {
            await CompleteAsync(rejected);
        }

        long started = 0;
        foreach (var file in files.Files)
        {
            await CompleteAsync(file.Staged);
            started = started == 0 ? time.GetTimestamp() : started;
        }

        var written = files.Files.Select(file => file.Staged.Key).ToHashSet(StringComparer.Ordinal);
        await RemoveAsync(plan.ParquetFiles.Keys.Where(key => !written.Contains(key)));
        if (written.Count > 1 || _removed.Count > 0)
        {
            Mixed = time.GetElapsedTime(started);
        }

        await RemoveAsync(plan.RejectFiles.Keys.Where(key => key != rejects.Staged?.Key));
    }

    /// <summary>
    /// Files of one run count by their events. Files that this tool did not write have their duplicates still, so
    /// their rows are held against the lines read.
    /// </summary>
    private void CheckNotShrinking(LineCounts counts, CancellationToken cancellation)
    {
        var footers = plan.ParquetFiles.Values.Select(file => ParquetFooter.Read(destination, file, cancellation)).ToList();
        if (footers.Count == 0)
        {
            return;
        }

        string? run = RunOf(footers[0]);
        long standing = footers.Where(footer => RunOf(footer) == run).Sum(footer => footer.Rows);
        long now = run is null ? counts.Lines : counts.Events;
        if (now < standing)
        {
            string first = destination.UriOf(plan.ParquetFiles.Keys.First());
            throw new AggregationException($"{first} and its run hold {standing} events, this run found {now}{(run is null ? " lines" : "")}: the month would shrink. Nothing was replaced. If events are missing in the source, restore them; if the month is really smaller now, say \"replace\": true (--replace).");
        }
    }

    private static string? RunOf(ParquetFooter footer) => footer.Metadata.GetValueOrDefault(FileMetadata.Run);

    private Task CompleteAsync(IStagedObject staged) =>
        staged.CompleteAsync(plan.StandingAt(staged.Key), CancellationToken.None);

    private async Task RemoveAsync(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            await destination.DeleteAsync(key, CancellationToken.None);
            _removed.Add(destination.UriOf(key));
        }
    }
}
