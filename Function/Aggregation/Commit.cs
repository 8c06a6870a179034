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

    /// <summary>
    /// All that can be done before something is visible: the last bytes are brought to the store, which may refuse them,
    /// and the month is held against what was planned.
    /// </summary>
    /// <exception cref="AggregationException">A source changed, or the month would shrink: nothing was changed.</exception>
    public async Task PrepareAsync(RejectFile rejects, PartFiles files, RecordCounts counts, bool replace, CancellationToken cancellation)
    {
        foreach (var staged in StagedOf(rejects, files))
        {
            await staged.FinishAsync(cancellation);
        }

        var later = await SourceListing.ReadAsync(plan.Month, source, cancellation);
        plan.Sources.CheckUnchanged(later, source);
        if (!replace)
        {
            await CheckNotShrinkingAsync(counts, cancellation);
        }
    }

    /// <summary>Once begun it is not given up half-way, whatever the time: there is no token.</summary>
    /// <remarks>Rejects first: a line is never missing in both files. What that costs, see <see cref="TakeBackAsync"/>.</remarks>
    /// <exception cref="CommitLostException">Another run was faster.</exception>
    public async Task RunAsync(RejectFile rejects, PartFiles files)
    {
        long started = 0;
        var completed = new List<IStagedObject>();
        foreach (var staged in StagedOf(rejects, files))
        {
            try
            {
                await staged.CompleteAsync(plan.StandingAt(staged.Key), CancellationToken.None);
            }
            catch (CommitLostException lost) when (completed.Count > 0)
            {
                throw await TakeBackAsync(completed, lost);
            }

            completed.Add(staged);
            started = started == 0 && staged != rejects.Staged ? time.GetTimestamp() : started;
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
    private async Task CheckNotShrinkingAsync(RecordCounts counts, CancellationToken cancellation)
    {
        var footers = await ReadFootersAsync(cancellation);
        if (footers.Count == 0)
        {
            return;
        }

        string? run = RunOf(footers[0]);
        long standing = footers.Where(footer => RunOf(footer) == run).Sum(footer => footer.Rows);
        long now = run is null ? counts.Records : counts.Events;
        if (now < standing)
        {
            string first = destination.UriOf(plan.ParquetFiles.Keys.First());
            throw new AggregationException($"{first} and its run hold {standing} events, this run found {now}{(run is null ? " lines" : "")}: the month would shrink. Nothing was replaced. If events are missing in the source, restore them; if the month is really smaller now, say \"replace\": true (--replace).");
        }
    }

    /// <summary>The footers of the files that stand there; one that another run has replaced since cannot be read any more.</summary>
    private async Task<List<ParquetFooter>> ReadFootersAsync(CancellationToken cancellation)
    {
        try
        {
            return [.. plan.ParquetFiles.Values.Select(file => ParquetFooter.Read(destination, file, cancellation))];
        }
        catch (ArchivedObjectException archived)
        {
            throw ArchivedObjects.StandingAt(archived.Uri, archived);
        }
        catch (AggregationException unread)
        {
            var now = await OutputKeys.ListAsync(destination, OutputKeys.ParquetPrefix(plan.Month), OutputKeys.ParquetSuffix, cancellation);
            if (now.SequenceEqual(plan.ParquetFiles))
            {
                throw;
            }

            throw StoreError.Lost(destination.UriOf(OutputKeys.ParquetPrefix(plan.Month)), "the files that were to be replaced are others by now", unread);
        }
    }

    private static string? RunOf(ParquetFooter footer) => footer.Metadata.GetValueOrDefault(FileMetadata.Run);

    private static IEnumerable<IStagedObject> StagedOf(RejectFile rejects, PartFiles files) =>
        files.Files.Select(file => file.Staged).Prepend(rejects.Staged).OfType<IStagedObject>();

    /// <summary>
    /// A commit that is lost after its first file. Its rejects go where there were none before; the other run's stay if it
    /// has written them there since. What this run has replaced cannot be brought back, and is named.
    /// </summary>
    private async Task<CommitLostException> TakeBackAsync(List<IStagedObject> completed, CommitLostException lost)
    {
        if (completed is [var only] && OutputKeys.IsReject(plan.Month, only.Key) && plan.StandingAt(only.Key) is null)
        {
            try
            {
                await only.TakeBackAsync(CancellationToken.None);
                return lost;
            }
            catch (AggregationException)
            {
                // It stays, and is named.
            }
        }

        string ours = string.Join(", ", completed.Select(staged => destination.UriOf(staged.Key)));
        return new CommitLostException($"{lost.Message.Replace(StoreError.NothingChanged, "", StringComparison.Ordinal)}Already written by this run: {ours}. Run the month again: that makes all its files one run's.", lost);
    }

    private async Task RemoveAsync(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            await destination.DeleteAsync(key, CancellationToken.None);
            _removed.Add(destination.UriOf(key));
        }
    }
}
