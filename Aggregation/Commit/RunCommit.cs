using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
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

    /// <summary>Commits the run, or leaves the unit unchanged.</summary>
    /// <param name="replace">Whether the unit may shrink or be of another selection.</param>
    /// <param name="cancellation">Ends the commit before any file is visible; ignored after that.</param>
    /// <exception cref="CommitLostException">
    /// Another run was faster. The message names the files that this run has already written, if any.
    /// </exception>
    /// <exception cref="AggregationException">
    /// A source changed, the unit would shrink or be of another selection, or the store refused a file.
    /// </exception>
    public async Task RunAsync(bool replace, CancellationToken cancellation)
    {
        await PrepareAsync(replace, cancellation);
        cancellation.ThrowIfCancellationRequested();
        await CompleteAsync();
    }

    /// <summary>
    /// Does everything that can fail before a file is visible: sends the last bytes to the store, which may refuse
    /// them, and compares the unit with the plan.
    /// </summary>
    private async Task PrepareAsync(bool replace, CancellationToken cancellation)
    {
        foreach (var file in staged.Objects)
        {
            await file.FinishAsync(cancellation);
        }

        plan.Sources.CheckUnchanged(await plan.ListAgainAsync(source, cancellation));
        if (!replace)
        {
            await CheckReplaceableAsync(cancellation);
        }
    }

    /// <summary>
    /// Completes the files. Takes no token, because a commit that has started must not stop between two files.
    /// </summary>
    private async Task CompleteAsync()
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

        var written = staged.Files.Closed.Select(file => file.Staged.Key).ToHashSet(StringComparer.Ordinal);
        await RemoveAsync(plan.ParquetFiles.Keys.Where(key => !written.Contains(key)));
        if (written.Count > 1 || _removed.Count > 0)
        {
            Mixed = time.GetElapsedTime(started);
        }

        await RemoveAsync(plan.RejectFiles.Keys.Where(key => key != staged.Rejects.Staged?.Key));
    }

    /// <summary>Requires that the existing files are of the same selection and have no more events.</summary>
    private async Task CheckReplaceableAsync(CancellationToken cancellation)
    {
        var footers = await ReadFootersAsync(cancellation);
        if (footers.Count > 0)
        {
            CheckSelection(footers[0]);
            CheckNotShrinking(footers);
        }
    }

    /// <summary>
    /// Requires that a file was written from the same selection, if its metadata has one: in a growing month, fewer
    /// accounts could hide behind more events.
    /// </summary>
    private void CheckSelection(Footer existing)
    {
        var differences = OutputMetadata.SelectionDifferences(existing.Metadata, plan);
        if (differences.Count > 0)
        {
            throw new AggregationException(
                $"{destination.UriOf(plan.ParquetFiles.Keys.First())}: it was written from another selection: "
                + $"{string.Join("; ", differences)}. Events could be missing without notice. Nothing was replaced. "
                + "Correct the settings, or say \"replace\": true (--replace) to replace it.");
        }
    }

    /// <summary>
    /// Compares the number of events with that of the existing files. Files that this tool did not write still contain
    /// duplicates, so their rows are compared with the records read.
    /// </summary>
    private void CheckNotShrinking(List<Footer> footers)
    {
        string? run = RunOf(footers[0]);
        long existing = footers.Where(footer => RunOf(footer) == run).Sum(footer => footer.Rows);
        long found = run is null ? staged.Counts.Records : staged.Counts.Events;
        if (found < existing)
        {
            string first = destination.UriOf(plan.ParquetFiles.Keys.First());
            throw new AggregationException(
                $"{first}: it and the rest of its run hold {existing} events, this run found {found}"
                + $"{(run is null ? " records" : "")}: the month would shrink. Nothing was replaced. "
                + "If events are missing in the source, restore them; if the month is really smaller now, "
                + "say \"replace\": true (--replace).");
        }
    }

    /// <summary>
    /// Reads the footers of the existing files. A file that another run has replaced since the plan loses the commit.
    /// </summary>
    private async Task<List<Footer>> ReadFootersAsync(CancellationToken cancellation)
    {
        try
        {
            return [.. plan.ParquetFiles.Values.Select(file => ReadFooter(file, cancellation))];
        }
        catch (ArchivedObjectException archived)
        {
            throw ArchivedObjects.ArchivedOutput(archived.Uri, archived);
        }
        catch (AggregationException unread)
        {
            string prefix = OutputKeys.ParquetPrefix(plan.Unit);
            var now = await OutputKeys.ListAsync(destination, prefix, OutputKeys.ParquetSuffix, cancellation);
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
            throw new AggregationException(
                $"{damaged.Message} So what it holds is not known. "
                + "Move it away, or say \"replace\": true (--replace) to replace it.", damaged);
        }
    }

    private static string? RunOf(Footer footer) => footer.Metadata.GetValueOrDefault(OutputMetadata.Run);

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

    /// <summary>The rows and the key-value metadata of an existing file.</summary>
    private sealed record Footer(long Rows, IReadOnlyDictionary<string, string> Metadata);
}
