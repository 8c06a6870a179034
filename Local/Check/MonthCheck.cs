using System.Globalization;
using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Proves that a month's files hold its source, or finds the first difference: lines -> duplicate, reject or event -> the
/// next row of the files. Reads both once and holds neither.
/// </summary>
internal sealed class MonthCheck(IObjectStore source, IObjectStore destination, bool deduplicate, IProgress<MonthProgress> progress) : IDisposable
{
    private readonly LineHistory _history = new();
    private readonly EventComparison _comparison = new();
    private readonly List<RejectedLine> _rejects = [];
    private LineHash? _longLine;
    private LineCounts _counts;

    /// <returns>What was proven.</returns>
    /// <exception cref="DifferenceException">The first difference.</exception>
    /// <exception cref="AggregationException">Source or file cannot be read.</exception>
    public async Task<CheckedMonth> RunAsync(Month month, CancellationToken cancellation)
    {
        var sources = await MonthSource.ListAsync(source, month, cancellation);
        var files = await OutputKeys.ListAsync(destination, OutputKeys.ParquetPrefix(month), OutputKeys.ParquetSuffix, cancellation);
        var rejectFiles = await OutputKeys.ListAsync(destination, OutputKeys.RejectPrefix(month), OutputKeys.RejectSuffix, cancellation);
        using var rows = new MonthRows(destination, [.. files.Values], cancellation);
        await using var kept = new KeptRejects(destination, [.. rejectFiles.Values]);

        long bytes = 0, allBytes = sources.Sum(each => each.Size);
        foreach (var (number, stored) in sources.Index())
        {
            await CheckSourceAsync(stored, rows, kept, cancellation);
            bytes += stored.Size;
            progress.Report(new MonthProgress(sources.Count, number + 1, allBytes, bytes, _counts.Events));
        }

        await CheckEndAsync(month, rows, kept, cancellation);
        FileCounts.Check(rows.Read, month, sources.Count, bytes, _counts);
        return new CheckedMonth(sources.Count, _counts, [.. rows.Read.Select(file => file.Uri)]);
    }

    public void Dispose() => _longLine?.Dispose();

    private async Task CheckSourceAsync(StoredObject stored, MonthRows rows, KeptRejects kept, CancellationToken cancellation)
    {
        _history.StartDay(MonthSource.DayOf(stored));
        string uri = source.UriOf(stored.Key);
        await using var file = new LogFile(await source.OpenAsync(stored, cancellation), uri);
        using var chunk = new Chunk();
        var lines = new LineReader(file);
        while (await lines.FillAsync(chunk, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (chunk.Content == ChunkContent.Lines)
            {
                CheckLines(chunk, stored.Key, uri, rows);
            }
            else
            {
                ReadLongLine(chunk, stored.Key);
            }

            foreach (var reject in _rejects)
            {
                CheckReject(reject, await kept.NextAsync(cancellation));
            }

            _rejects.Clear();
        }
    }

    private void CheckLines(Chunk chunk, string key, string uri, MonthRows rows)
    {
        foreach (var line in chunk.Lines)
        {
            _counts.Lines++;
            if (deduplicate && _history.IsDuplicate(line.Text))
            {
                _counts.Duplicates++;
            }
            else if (line.Length > LineReader.MaxLineBytes || !_comparison.IsEvent(line.Text))
            {
                _counts.Rejects++;
                using var hash = new LineHash(key, line.Number);
                _rejects.Add(hash.Add(line.Text).End());
            }
            else
            {
                _counts.Events++;
                CheckEvent(line, uri, rows);
            }
        }
    }

    private void CheckEvent(Line line, string uri, MonthRows rows)
    {
        if (!rows.MoveNext())
        {
            throw new DifferenceException(rows.Read.Count == 0
                ? $"{uri}, line {line.Number} is an event, and the month has no file. Run aggregate first."
                : $"{uri}, line {line.Number} is an event, and {rows.Read[^1].Uri} ends before it, after {rows.Read[^1].RowsSoFar} events: {DifferenceException.Excerpt(line.Text)}");
        }

        if (_comparison.Compare(line.Text, rows.Current!) is { } difference)
        {
            // The first column is the event's own name.
            bool isAnother = rows.Current!.IsNull(0) || line.Text.IndexOf(rows.Current.Bytes(0)) < 0;
            string hint = isAnother ? " Another event stands there: one is missing, there twice or out of order." : "";
            throw new DifferenceException($"{rows.Position} is not the event of {uri}, line {line.Number}: {difference}.{hint}");
        }
    }

    /// <summary>A line that is too long to be held comes in parts.</summary>
    private void ReadLongLine(Chunk chunk, string key)
    {
        var part = chunk.LinePart(isFirst: _longLine is null);
        _longLine ??= new LineHash(key, chunk.FirstLineNumber);
        _longLine.Add(part);
        if (chunk.Content == ChunkContent.PartOfLongLine)
        {
            return;
        }

        _rejects.Add(_longLine.End());
        _longLine.Dispose();
        _longLine = null;
        _counts.Lines++;
        _counts.Rejects++;
    }

    private void CheckReject(RejectedLine reject, RejectedLine? kept)
    {
        string line = $"{source.UriOf(reject.Source)}, line {reject.Number}";
        if (kept is null)
        {
            throw new DifferenceException($"{line} is no event, and is not among the rejects that are kept.");
        }

        // The object may have had another root then: a directory that was copied to S3.
        bool sameObject = kept.Source == reject.Source || kept.Source.EndsWith("/" + reject.Source, StringComparison.Ordinal);
        if (!sameObject || kept.Number != reject.Number)
        {
            throw new DifferenceException($"{line} is no event, and the reject kept in its place is {kept.Source}, line {kept.Number}.");
        }

        if ((kept.Bytes, kept.Hash) != (reject.Bytes, reject.Hash))
        {
            throw new DifferenceException($"{line} is no event, and is kept otherwise than it is: {reject.Bytes} bytes in the source, {kept.Bytes} in the reject file.");
        }
    }

    private async Task CheckEndAsync(Month month, MonthRows rows, KeptRejects kept, CancellationToken cancellation)
    {
        if (rows.MoveNext())
        {
            throw new DifferenceException($"{rows.Position} has no event in the source, which ends after {_counts.Events}: {source.UriOf(month.Prefix)}. The row's event_id is {DifferenceException.Excerpt(rows.Current!.IsNull(0) ? "NULL"u8 : rows.Current.Bytes(0))}.");
        }

        if (await kept.NextAsync(cancellation) is { } reject)
        {
            throw new DifferenceException(string.Create(CultureInfo.InvariantCulture, $"{destination.UriOf(OutputKeys.RejectPrefix(month))} keeps {reject.Source}, line {reject.Number}, which is no reject in the source."));
        }
    }
}

/// <summary>A month of which every event is in its files.</summary>
internal sealed record CheckedMonth(int SourceFiles, LineCounts Counts, IReadOnlyList<string> Files);
