using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Proves that a month's files hold its source, or finds the first difference: each record is a reject, a duplicate, or
/// the event of the next row. Source and files are each read once and not held in memory.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="destination">Holds the month's files.</param>
/// <param name="selection">What was read of the source.</param>
/// <param name="deduplicate">Whether exact copies were dropped.</param>
/// <param name="time">Tells which days of a trail are open.</param>
/// <param name="progress">Receives how far the check is.</param>
internal sealed class MonthCheck(
    IObjectStore source,
    IObjectStore destination,
    SourceSelection selection,
    bool deduplicate,
    TimeProvider time,
    IProgress<RunProgress> progress)
{
    private const int MaxNamedObjects = 5;

    private readonly List<string> _withoutEvents = [];

    /// <returns>What was proven.</returns>
    /// <exception cref="DifferenceException">The first difference.</exception>
    /// <exception cref="AggregationException">Source or file cannot be read.</exception>
    public async Task<CheckedMonth> RunAsync(Month month, CancellationToken cancellation)
    {
        var listed = await MonthSource.ListAsync(source, selection, month, time.GetUtcNow(), cancellation);
        var sources = listed.Objects;
        var files = await MonthFiles.FindAsync(destination, month, cancellation);
        CheckDays(month, files, sources.Select(each => each.Day));
        FileSelection.Check(destination, files.Parquet, listed.Layout, selection, deduplicate, cancellation);
        using var rows = new MonthRows(destination, files.Parquet, cancellation);
        await using var kept = new KeptRejects(destination, files.Rejects);
        var counts = new UnitCounts(month, files);

        using var records = new RecordCheck(source, rows, kept, deduplicate);
        var damaged = DamagedSources.Of(destination, files.Parquet, cancellation);
        long bytes = 0, allBytes = sources.Sum(each => each.Stored.Size);
        await using var ahead = new OpenedAhead(source, sources, cancellation);
        foreach (var (number, (stored, day)) in sources.Index())
        {
            await using var bytesOfSource = await ahead.NextAsync();
            if (!await damaged.HasAsync(source, stored, cancellation))
            {
                await CheckSourceAsync(stored, day, bytesOfSource, records, cancellation);
            }

            bytes += stored.Size;
            counts.Add(day, stored.Size, records.Counts);
            progress.Report(new RunProgress(sources.Count, number + 1, allBytes, bytes, records.Counts.Events));
        }

        await CheckEndAsync(month, records.Counts.Events, rows, kept, cancellation);
        counts.Check(rows.Read);
        CheckObjects();
        damaged.Check();
        string[] read = [.. rows.Read.Select(file => file.Uri)];
        return new CheckedMonth(sources.Count, listed.OpenDays, records.Counts, read);
    }

    /// <summary>Requires a file for each day with an object, if the month has days' files.</summary>
    private void CheckDays(Month month, MonthFiles files, IEnumerable<int> days)
    {
        if (files.AreOfDays)
        {
            var written = files.Parquet.Select(file => MonthFiles.DayOf(month, file.Key)).ToHashSet();
            int[] without = [.. days.Distinct().Where(day => !written.Contains(day))];
            if (without.Length > 0)
            {
                string day = destination.UriOf(OutputKeys.ParquetPrefix(new Unit(month, without[0])));
                throw new DifferenceException(
                    $"{day}: there is no file, and the source has objects of that day ({without.Length} such days). "
                    + "Run aggregate --unit day again.");
            }
        }
    }

    private async Task CheckSourceAsync(
        StoredObject stored, int day, Stream content, RecordCheck records, CancellationToken cancellation)
    {
        records.StartObject(stored.Key, day);
        string uri = source.UriOf(stored.Key);
        var before = records.Counts;
        await using var text = new SourceText(content, uri);
        await new ObjectRecords(text, uri, records).ReadAsync(cancellation);
        var counts = records.Counts;
        if (counts.Records > before.Records && counts.Events + counts.Duplicates == before.Events + before.Duplicates)
        {
            _withoutEvents.Add(uri);
        }
    }

    /// <summary>Reports objects that hold only rejects: the records are kept, but events may be missing.</summary>
    private void CheckObjects()
    {
        if (_withoutEvents.Count > 0)
        {
            string objects = _withoutEvents.Count == 1 ? "object holds" : "objects hold";
            string more = _withoutEvents.Count > MaxNamedObjects ? ", ..." : "";
            throw new DifferenceException(
                $"{_withoutEvents.Count} source {objects} only rejects and no event: "
                + $"{string.Join(", ", _withoutEvents.Take(MaxNamedObjects))}{more}. "
                + "Every event is in the month's files. Look at the kept rejects; fix the objects, or move them out of "
                + "the source, and run aggregate again.");
        }
    }

    private async Task CheckEndAsync(
        Month month, long events, MonthRows rows, KeptRejects kept, CancellationToken cancellation)
    {
        if (rows.MoveNext())
        {
            string id = DifferenceException.Excerpt(rows.Current!.IsNull(0) ? "NULL"u8 : rows.Current.Bytes(0));
            throw new DifferenceException(
                $"{rows.Position} has no event in the source, which ends after {events}: "
                + $"{source.UriOf(month.Prefix)}. The row's event_id is {id}.");
        }

        if (await kept.NextAsync(cancellation) is { } reject)
        {
            string rejects = destination.UriOf(OutputKeys.RejectPrefix(new Unit(month)));
            throw new DifferenceException(
                $"{rejects} keeps {reject.Source}, {reject.Position}, which is not a reject in the source.");
        }
    }
}

/// <summary>A month whose files hold every event.</summary>
/// <param name="SourceFiles">How many source objects were read.</param>
/// <param name="OpenDays">How many days of a trail's month are not read yet.</param>
/// <param name="Counts">What their records are.</param>
/// <param name="Files">The month's Parquet files.</param>
internal sealed record CheckedMonth(
    int SourceFiles, int OpenDays, RecordCounts Counts, IReadOnlyList<string> Files);
