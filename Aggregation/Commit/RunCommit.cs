using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Commit;

/// <summary>
/// Makes a run's staged files visible, the rejects first and then the Parquet files from 000000 on, and deletes the
/// files of an earlier run that no new file replaced.
/// </summary>
internal sealed class RunCommit(
    IObjectStore source, IObjectStore destination, RunPlan plan, StagedUnit staged, TimeProvider time)
{
    private readonly List<string> _removed = [];

    /// <summary>The URIs of the deleted files of an earlier run.</summary>
    public IReadOnlyList<string> Removed => _removed;

    /// <summary>How long a reader could see files of both runs; null where one file replaced one or none.</summary>
    public TimeSpan? Mixed { get; private set; }

    /// <summary>
    /// Whether another run of the same fingerprint was faster and wrote the same bytes, as happens when an event
    /// arrives twice.
    /// </summary>
    public bool IsByAnotherRun { get; private set; }

    /// <summary>Commits the run, or leaves the unit unchanged.</summary>
    /// <param name="cancellation">Ends the commit before any file is visible; ignored after that.</param>
    /// <exception cref="CommitLostException">
    /// Another run was faster, and not all files are of this run's fingerprint. The message names the files that this
    /// run has already written, if any.
    /// </exception>
    /// <exception cref="AggregationException">
    /// A source changed, the unit would shrink, or the store refused a file.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        long started;
        try
        {
            started = await CompleteAsync();
        }
        catch (CommitLostException)
        {
            IsByAnotherRun = await IsCommittedAsync();
            if (!IsByAnotherRun)
            {
                throw;
            }

            return;
        }

        await CheckAloneAsync();
        await RemoveEarlierAsync(started);
    }

    /// <summary>
    /// Whether the unit has the very files of this run: the same keys, all Parquet files with its fingerprint. A file
    /// that cannot be read is none of them.
    /// </summary>
    private async Task<bool> IsCommittedAsync()
    {
        try
        {
            var written = await WrittenFiles.ListAsync(destination, plan.Unit, CancellationToken.None);
            return written.Rejects.Keys.Concat(written.Parquet.Keys)
                    .SequenceEqual(staged.Objects.Select(file => file.Key))
                && (await ExistingFiles.ReadAsync(destination, plan.Unit, written.Parquet, CancellationToken.None))
                    .AreOf(plan.Fingerprint);
        }
        catch (AggregationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Does everything that can fail before a file is visible: sends the last bytes to the store, which may refuse
    /// them, and compares the unit with the plan.
    /// </summary>
    private async Task PrepareAsync(CancellationToken cancellation)
    {
        // All run at the same time, because each waits for its store.
        var finishing = FinishAsync(cancellation);
        var listing = plan.ListAgainAsync(source, cancellation);
        var listingConflicts = NewConflictsAsync(cancellation);
        await Concurrent.WhenAllAsync(finishing, listing, listingConflicts);
        plan.Sources.CheckUnchanged(await listing);
        WrittenFiles.RequireNone(await listingConflicts, destination, plan.Unit);
        CheckNotShrinking();
    }

    /// <summary>Sends the last bytes of one file after the other, because they share the network.</summary>
    private async Task FinishAsync(CancellationToken cancellation)
    {
        foreach (var file in staged.Objects)
        {
            await file.FinishAsync(cancellation);
        }
    }

    /// <summary>
    /// Completes the files. Takes no token, because a commit that has started must not stop between two files.
    /// </summary>
    /// <returns>When the first Parquet file was visible, as the clock's timestamp.</returns>
    private async Task<long> CompleteAsync()
    {
        long started = 0;
        var completed = new List<IStagedObject>();
        foreach (var file in staged.Objects)
        {
            try
            {
                await file.CompleteAsync(plan.ExistingAt(file.Key), CancellationToken.None);
            }
            catch (CommitLostException lost) when (completed.Count > 0)
            {
                throw await TakeBackAsync(completed, lost);
            }

            completed.Add(file);
            started = started == 0 && file != staged.Rejects.Staged ? time.GetTimestamp() : started;
        }

        return started;
    }

    /// <summary>Deletes the files of an earlier run that no new file replaced.</summary>
    /// <param name="started">When the first Parquet file was visible.</param>
    private async Task RemoveEarlierAsync(long started)
    {
        var written = staged.Files.Closed.Select(file => file.Staged.Key).ToHashSet(StringComparer.Ordinal);
        await RemoveAsync(plan.ParquetFiles.Keys.Where(key => !written.Contains(key)));
        await RemoveAsync(plan.Unit.IsDay ? [] : plan.Conflicts);
        if (written.Count > 1 || _removed.Count > 0)
        {
            Mixed = time.GetElapsedTime(started);
        }

        await RemoveAsync(plan.RejectFiles.Keys.Where(key => key != staged.Rejects.Staged?.Key));
        if (!plan.Unit.IsDay && plan.Conflicts.Count > 0)
        {
            var (_, rejects) = await OutputKeys.ListMonthAsync(
                destination, OutputKeys.RejectPrefix(plan.Unit), OutputKeys.RejectSuffix, CancellationToken.None);
            await RemoveAsync(rejects.Select(file => file.Key));
        }
    }

    private async Task<IReadOnlyList<string>> NewConflictsAsync(CancellationToken cancellation) =>
        [.. (await WrittenFiles.ListConflictsAsync(destination, plan.Unit, cancellation)).Except(plan.Conflicts)];

    /// <summary>
    /// Requires that no run of the other kind of unit has written files in the meantime. Each run looks after its own
    /// files are visible, so of two at least one sees the other; what it has written where nothing was is removed.
    /// </summary>
    /// <exception cref="CommitLostException">There are such files.</exception>
    private async Task CheckAloneAsync()
    {
        var conflicts = await NewConflictsAsync(CancellationToken.None);
        if (conflicts.Count == 0)
        {
            return;
        }

        foreach (var file in staged.Objects.Reverse().Where(file => plan.ExistingAt(file.Key) is null))
        {
            await file.TakeBackAsync(CancellationToken.None);
        }

        string[] replaced =
        [
            .. staged.Objects.Where(file => plan.ExistingAt(file.Key) is not null)
                .Select(file => destination.UriOf(file.Key)),
        ];
        throw new CommitLostException(
            $"{destination.UriOf(conflicts[0])}: another run was faster: it wrote the month in another unit. "
            + (replaced.Length == 0
                ? StoreError.NothingChanged
                : $"Already replaced by this run: {string.Join(", ", replaced)}. Run the month again with "
                    + "\"replace\": true (--replace)."));
    }

    /// <summary>
    /// Compares the number of events with that of the existing files. Files that this tool did not write still contain
    /// duplicates, so their rows are compared with the records read.
    /// </summary>
    private void CheckNotShrinking()
    {
        if (plan.Existing is not { } existing)
        {
            return;
        }

        long found = existing.AreOurs ? staged.Counts.Events : staged.Counts.Records;
        if (found < existing.Events)
        {
            throw new AggregationException(
                $"{existing.First}: it and the rest of its run hold {existing.Events} events, this run found {found}"
                + $"{(existing.AreOurs ? "" : " records")}: the {(plan.Unit.IsDay ? "day" : "month")} would shrink. "
                + "Nothing was replaced. "
                + "If events are missing in the source, restore them; if it is really smaller now, "
                + "say \"replace\": true (--replace).");
        }
    }

    /// <summary>
    /// Handles a commit that another run wins after this run's first file. If that file is a reject file and replaced
    /// none, it is removed, unless the other run has replaced it since. Any other completed file cannot be restored to
    /// what it was, so the message names it.
    /// </summary>
    private async Task<CommitLostException> TakeBackAsync(List<IStagedObject> completed, CommitLostException lost)
    {
        if (completed is [var only] && OutputKeys.IsReject(plan.Unit, only.Key) && plan.ExistingAt(only.Key) is null)
        {
            try
            {
                await only.TakeBackAsync(CancellationToken.None);
                return lost;
            }
            catch (AggregationException)
            {
                // The file stays, and the message names it.
            }
        }

        string ours = string.Join(", ", completed.Select(file => destination.UriOf(file.Key)));
        return new CommitLostException(
            lost.Message.Replace(StoreError.NothingChanged, "", StringComparison.Ordinal)
            + $"Already written by this run: {ours}. Run the month again: that makes all its files one run's.", lost);
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
