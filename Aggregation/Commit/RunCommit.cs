using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Commit;

/// <summary>Makes a run's staged files visible, 000000 first, and clears what an earlier run left over.</summary>
internal sealed class RunCommit(IObjectStore source, IObjectStore destination, RunPlan plan, StagedUnit staged, TimeProvider time)
{
    private readonly List<string> _removed = [];

    /// <summary>URIs of the files of an earlier run that were deleted.</summary>
    public IReadOnlyList<string> Removed => _removed;

    /// <summary>How long a reader could see files of both runs; null where one file replaced at most one.</summary>
    public TimeSpan? Mixed { get; private set; }

    /// <summary>Commits, or leaves everything unchanged.</summary>
    /// <param name="replace">Whether the unit may get smaller.</param>
    /// <param name="cancellation">Stops it before anything is visible, and not after that.</param>
    /// <exception cref="CommitLostException">Another run was faster.</exception>
    /// <exception cref="AggregationException">A source changed, or the unit would shrink.</exception>
    public async Task RunAsync(bool replace, CancellationToken cancellation)
    {
        await PrepareAsync(replace, cancellation);
        cancellation.ThrowIfCancellationRequested();
        await CompleteAsync();
    }

    /// <summary>
    /// All that can be done before something is visible: the last bytes are brought to the store, which may refuse them,
    /// and the unit is compared with what was planned.
    /// </summary>
    private async Task PrepareAsync(bool replace, CancellationToken cancellation)
    {
        foreach (var file in staged.Objects)
        {
            await file.FinishAsync(cancellation);
        }

        plan.Sources.CheckUnchanged(await SourceListing.ReadAsync(plan.Unit, source, cancellation));
        if (!replace)
        {
            await CheckNotShrinkingAsync(cancellation);
        }
    }

    /// <summary>Once started it is not aborted half-way, whatever the time: there is no token.</summary>
    private async Task CompleteAsync()
    {
        long started = 0;
        var completed = new List<IStagedObject>();
        foreach (var file in staged.Objects)
        {
            try
            {
                await file.CompleteAsync(plan.StandingAt(file.Key), CancellationToken.None);
            }
            catch (CommitLostException lost) when (completed.Count > 0)
            {
                throw await TakeBackAsync(completed, lost);
            }

            completed.Add(file);
            started = started == 0 && file != staged.Rejects.Staged ? time.GetTimestamp() : started;
        }

        var written = staged.Files.Closed.Select(file => file.Staged.Key).ToHashSet(StringComparer.Ordinal);
        await RemoveAsync(plan.ParquetFiles.Keys.Where(key => !written.Contains(key)));
        if (written.Count > 1 || _removed.Count > 0)
        {
            Mixed = time.GetElapsedTime(started);
        }

        await RemoveAsync(plan.RejectFiles.Keys.Where(key => key != staged.Rejects.Staged?.Key));
    }

    /// <summary>
    /// Files of one run count by their events. Files that this tool did not write have their duplicates still, so
    /// their rows are held against the lines read.
    /// </summary>
    private async Task CheckNotShrinkingAsync(CancellationToken cancellation)
    {
        var footers = await ReadFootersAsync(cancellation);
        if (footers.Count == 0)
        {
            return;
        }

        string? run = RunOf(footers[0]);
        long standing = footers.Where(footer => RunOf(footer) == run).Sum(footer => footer.Rows);
        long now = run is null ? staged.Counts.Records : staged.Counts.Events;
        if (now < standing)
        {
            string first = destination.UriOf(plan.ParquetFiles.Keys.First());
            throw new AggregationException($"{first} and its run hold {standing} events, this run found {now}{(run is null ? " lines" : "")}: the month would shrink. Nothing was replaced. If events are missing in the source, restore them; if the month is really smaller now, say \"replace\": true (--replace).");
        }
    }

    /// <summary>The footers of the files that stand there; one that another run has replaced since cannot be read any more.</summary>
    private async Task<List<Footer>> ReadFootersAsync(CancellationToken cancellation)
    {
        try
        {
            return [.. plan.ParquetFiles.Values.Select(file => ReadFooter(file, cancellation))];
        }
        catch (ArchivedObjectException archived)
        {
            throw ArchivedObjects.StandingAt(archived.Uri, archived);
        }
        catch (AggregationException unread)
        {
            var now = await OutputKeys.ListAsync(destination, OutputKeys.ParquetPrefix(plan.Unit), OutputKeys.ParquetSuffix, cancellation);
            if (now.SequenceEqual(plan.ParquetFiles))
            {
                throw;
            }

            throw StoreError.Lost(destination.UriOf(OutputKeys.ParquetPrefix(plan.Unit)), StoreError.Replaced, unread);
        }
    }

    private Footer ReadFooter(StoredObject file, CancellationToken cancellation)
    {
        try
        {
            using var table = new ParquetTable(destination, file, cancellation);
            return new Footer(table.Rows, table.Metadata);
        }
        catch (NotParquetException damaged)
        {
            throw new AggregationException($"{damaged.Message} So what it holds is not known. Move it away, or say \"replace\": true (--replace) to replace it.", damaged);
        }
    }

    private static string? RunOf(Footer footer) => footer.Metadata.GetValueOrDefault(OutputMetadata.Run);

    /// <summary>
    /// A commit that is lost after its first file. Its rejects go where there were none before; the other run's stay if it
    /// has written them there since. What this run has replaced cannot be brought back, and is named.
    /// </summary>
    private async Task<CommitLostException> TakeBackAsync(List<IStagedObject> completed, CommitLostException lost)
    {
        if (completed is [var only] && OutputKeys.IsReject(plan.Unit, only.Key) && plan.StandingAt(only.Key) is null)
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

    /// <summary>What an earlier run's file says about itself.</summary>
    private sealed record Footer(long Rows, IReadOnlyDictionary<string, string> Metadata);
}
