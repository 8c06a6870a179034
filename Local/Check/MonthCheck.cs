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
internal sealed class MonthCheck(
    IObjectStore source, IObjectStore destination, bool deduplicate, IProgress<RunProgress> progress) : IDisposable
{
    private const int MaxRecordBytes = 16 << 20;

    private const int MaxNamedObjects = 5;

    /// <summary>The maximum of rejects of one line in memory.</summary>
    private const int MaxRejectsHeld = 1_000;

    private readonly RecordHistory _history = new();
    private readonly EventComparison _comparison = new();
    private readonly List<RejectedLine> _rejects = [];
    private readonly List<string> _withoutEvents = [];
    private LineHash? _longReject;
    private RecordCounts _counts;

    /// <returns>What was proven.</returns>
    /// <exception cref="DifferenceException">The first difference.</exception>
    /// <exception cref="AggregationException">Source or file cannot be read.</exception>
    public async Task<CheckedMonth> RunAsync(Month month, CancellationToken cancellation)
    {
        var unit = new Unit(month);
        var sources = await MonthSource.ListAsync(source, month, cancellation);
        var files = await OutputKeys.ListAsync(
            destination, OutputKeys.ParquetPrefix(unit), OutputKeys.ParquetSuffix, cancellation);
        var rejectFiles = await OutputKeys.ListAsync(
            destination, OutputKeys.RejectPrefix(unit), OutputKeys.RejectSuffix, cancellation);
        using var rows = new MonthRows(destination, [.. files.Values], cancellation);
        await using var kept = new KeptRejects(destination, [.. rejectFiles.Values]);

        var damaged = DamagedSources.Of(destination, files.Values, cancellation);
        long bytes = 0, allBytes = sources.Sum(each => each.Size);
        foreach (var (number, stored) in sources.Index())
        {
            if (!await damaged.HasAsync(source, stored, cancellation))
            {
                await CheckSourceAsync(stored, rows, kept, cancellation);
            }

            bytes += stored.Size;
            progress.Report(new RunProgress(sources.Count, number + 1, allBytes, bytes, _counts.Events));
        }

        await CheckEndAsync(month, rows, kept, cancellation);
        FileCounts.Check(rows.Read, month, sources.Count, bytes, _counts);
        CheckObjects();
        damaged.Check();
        return new CheckedMonth(sources.Count, _counts, [.. rows.Read.Select(file => file.Uri)]);
    }

    public void Dispose() => _longReject?.Dispose();

    private async Task CheckSourceAsync(
        StoredObject stored, MonthRows rows, KeptRejects kept, CancellationToken cancellation)
    {
        _history.StartDay(MonthSource.DayOf(stored));
        string uri = source.UriOf(stored.Key);
        var before = _counts;
        await using var file = new SourceText(await source.OpenAsync(stored, cancellation), uri);
        var lines = new SourceLines(file);
        while (await lines.ReadAsync(cancellation))
        {
            bool more;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                more = CheckRecords(lines, stored.Key, uri, rows);
                foreach (var reject in _rejects)
                {
                    CheckReject(reject, await kept.NextAsync(cancellation));
                }

                _rejects.Clear();
            }
            while (more);
        }

        if (_counts.Records > before.Records
            && _counts.Events + _counts.Duplicates == before.Events + before.Duplicates)
        {
            _withoutEvents.Add(uri);
        }
    }

    /// <summary>
    /// Checks the records of a line. JSON objects one after the other are records; anything else is a reject up to the
    /// end of the line.
    /// </summary>
    /// <returns>Whether the line has more records, to be read after the rejects so far are checked.</returns>
    private bool CheckRecords(SourceLines lines, string key, string uri, MonthRows rows)
    {
        while (_longReject is null && StartOfText(lines) is var start and >= 0)
        {
            var text = lines.Text[start..];
            if (!_comparison.TryRead(text, out int length) || length > MaxRecordBytes)
            {
                // Otherwise the buffer has room for more of the line, and the next read tries again.
                if (lines.EndsLine || lines.IsFull)
                {
                    AddReject(lines, key);
                }

                return false;
            }

            CheckObject(text[..length], lines.LineNumber, key, uri, rows);
            lines.Consume(start + length);
            if (_rejects.Count == MaxRejectsHeld)
            {
                return true;
            }
        }

        // A line too long to hold is a reject, even one of white space.
        if (_longReject is not null || (!lines.EndsLine && lines.IsFull))
        {
            AddReject(lines, key);
        }

        return false;
    }

    /// <summary>
    /// The first byte after white space, and after a byte-order mark at the start of a line; -1 if there is none.
    /// </summary>
    private static int StartOfText(SourceLines lines)
    {
        int mark = lines.IsAtStart && lines.Text.StartsWith("\uFEFF"u8) ? 3 : 0;
        int start = lines.Text[mark..].IndexOfAnyExcept(" \t\r"u8);
        return start < 0 ? -1 : start + mark;
    }

    private void CheckObject(ReadOnlySpan<byte> text, long lineNumber, string key, string uri, MonthRows rows)
    {
        _counts.Records++;
        if (!_comparison.IsEvent)
        {
            _counts.Rejects++;
            using var hash = new LineHash(key, lineNumber);
            _rejects.Add(hash.Add(text).End());
        }
        else if (deduplicate && _history.IsDuplicate(text))
        {
            _counts.Duplicates++;
        }
        else
        {
            _counts.Events++;
            CheckEvent(text, lineNumber, uri, rows);
        }
    }

    /// <summary>Adds the rest of the line to a reject, and ends the reject with the line.</summary>
    private void AddReject(SourceLines lines, string key)
    {
        _longReject ??= new LineHash(key, lines.LineNumber);
        _longReject.Add(lines.Text);
        lines.Consume(lines.Text.Length);
        if (lines.EndsLine)
        {
            _rejects.Add(_longReject.End());
            _longReject.Dispose();
            _longReject = null;
            _counts.Records++;
            _counts.Rejects++;
        }
    }

    private void CheckEvent(ReadOnlySpan<byte> text, long lineNumber, string uri, MonthRows rows)
    {
        if (!rows.MoveNext())
        {
            throw new DifferenceException($"{uri}, line {lineNumber} is an event, and " + (rows.Read.Count == 0
                ? "the month has no file. Run aggregate first."
                : $"{rows.Read[^1].Uri} ends before it, after {rows.Read[^1].RowsSoFar} events: "
                    + DifferenceException.Excerpt(text)));
        }

        if (_comparison.Compare(text, rows.Current!) is { } difference)
        {
            // The first column is event_id.
            bool isAnother = rows.Current!.IsNull(0) || text.IndexOf(rows.Current.Bytes(0)) < 0;
            string hint = isAnother
                ? " The row holds another event: an event is missing, written twice or out of order."
                : "";
            throw new DifferenceException(
                $"{rows.Position} is not the event of {uri}, line {lineNumber}: {difference}.{hint}");
        }
    }

    private void CheckReject(RejectedLine reject, RejectedLine? kept)
    {
        string line = $"{source.UriOf(reject.Source)}, line {reject.Number}";
        if (kept is null)
        {
            throw new DifferenceException($"{line} is not an event, and is not among the rejects that are kept.");
        }

        // The object may have had another root when it was read: a directory that was copied to S3.
        bool sameObject = kept.Source == reject.Source
            || kept.Source.EndsWith("/" + reject.Source, StringComparison.Ordinal);
        if (!sameObject || kept.Number != reject.Number)
        {
            throw new DifferenceException(
                $"{line} is not an event, and the reject kept in its place is {kept.Source}, line {kept.Number}.");
        }

        if ((kept.Bytes, kept.Hash) != (reject.Bytes, reject.Hash))
        {
            throw new DifferenceException(
                $"{line} is not an event, and is kept with other bytes: "
                + $"{reject.Bytes} bytes in the source, {kept.Bytes} in the reject file.");
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

    private async Task CheckEndAsync(Month month, MonthRows rows, KeptRejects kept, CancellationToken cancellation)
    {
        if (rows.MoveNext())
        {
            string id = DifferenceException.Excerpt(rows.Current!.IsNull(0) ? "NULL"u8 : rows.Current.Bytes(0));
            throw new DifferenceException(
                $"{rows.Position} has no event in the source, which ends after {_counts.Events}: "
                + $"{source.UriOf(month.Prefix)}. The row's event_id is {id}.");
        }

        if (await kept.NextAsync(cancellation) is { } reject)
        {
            string rejects = destination.UriOf(OutputKeys.RejectPrefix(new Unit(month)));
            throw new DifferenceException(
                $"{rejects} keeps {reject.Source}, line {reject.Number}, which is not a reject in the source.");
        }
    }
}

/// <summary>A month whose files hold every event.</summary>
internal sealed record CheckedMonth(int SourceFiles, RecordCounts Counts, IReadOnlyList<string> Files);
