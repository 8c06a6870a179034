using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Aggregation;

/// <summary>How far a month is.</summary>
/// <param name="Files">Source objects of the month.</param>
/// <param name="FilesRead">Those read to the end.</param>
/// <param name="Bytes">Their stored bytes.</param>
/// <param name="BytesRead">Those of the objects read to the end.</param>
/// <param name="Events">Events so far.</param>
public readonly record struct MonthProgress(int Files, int FilesRead, long Bytes, long BytesRead, long Events);

/// <summary>
/// Reads a month's sources one after the other, chunk by chunk: a line is a duplicate, a reject or an event, in this
/// order, and is counted as one of them.
/// </summary>
internal sealed class MonthReader : IAsyncDisposable
{
    private readonly IObjectStore _store;
    private readonly MonthPlan _plan;
    private readonly RejectFile _rejects;
    private readonly IProgress<MonthProgress>? _progress;
    private readonly ReadAhead _readAhead;
    private readonly DuplicateFilter? _duplicates;
    private readonly EventReader _events = new();
    private readonly long _monthStart;
    private readonly long _monthEnd;

    private LogFile? _file;
    private LineReader? _lines;
    private RecordsFileCheck? _recordsCheck;
    private string _uri = "";
    private int _opened;
    private long _bytesRead;
    private bool _inLongLine;
    private LineCounts _counts;

    public MonthReader(
        IObjectStore store,
        MonthPlan plan,
        AggregationOptions options,
        RejectFile rejects,
        IProgress<MonthProgress>? progress,
        CancellationToken cancellation)
    {
        _store = store;
        _plan = plan;
        _rejects = rejects;
        _progress = progress;
        _readAhead = new ReadAhead(store, plan.Sources.Objects, cancellation);
        _duplicates = options.Deduplicate ? new DuplicateFilter() : null;
        _monthStart = plan.Month.Start.ToUnixTimeMilliseconds();
        _monthEnd = plan.Month.Next.Start.ToUnixTimeMilliseconds();
    }

    public LineCounts Counts => _counts;

    /// <summary>Fills the batch with the next chunk's events; there may be none in it.</summary>
    /// <returns>False when the month is read.</returns>
    public async Task<bool> ReadAsync(EventBatch batch, CancellationToken cancellation)
    {
        batch.Columns.Clear();
        while (_lines is null || !await _lines.FillAsync(batch.Chunk, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await CloseFileAsync();
            if (_opened == _plan.Sources.Objects.Count)
            {
                return false;
            }

            await OpenNextFileAsync();
        }

        cancellation.ThrowIfCancellationRequested();
        if (batch.Chunk.Content == ChunkContent.Lines)
        {
            ReadLines(batch);
        }
        else
        {
            KeepPartOfLongLine(batch.Chunk);
        }

        batch.CountsAfter = _counts;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }

        await _readAhead.DisposeAsync();
        _duplicates?.Dispose();
    }

    private async Task OpenNextFileAsync()
    {
        var source = _plan.Sources.Objects[_opened++];
        _uri = _store.UriOf(source.Key);
        _file = new LogFile(await _readAhead.NextAsync(), _uri);
        _lines = new LineReader(_file);
        _recordsCheck = new RecordsFileCheck(_uri);
        _duplicates?.StartDay(SourceListing.DayOf(source));
    }

    private async Task CloseFileAsync()
    {
        if (_file is null)
        {
            return;
        }

        _recordsCheck!.EndOfFile();
        await _file.DisposeAsync();
        (_file, _lines) = (null, null);
        _bytesRead += _plan.Sources.Objects[_opened - 1].Size;
        _progress?.Report(new MonthProgress(_plan.Sources.Objects.Count, _opened, _plan.Sources.Bytes, _bytesRead, _counts.Events));
    }

    private void ReadLines(EventBatch batch)
    {
        foreach (var line in batch.Chunk.Lines)
        {
            _counts.Lines++;
            if (_duplicates is not null && _duplicates.IsDuplicate(line.Text))
            {
                _counts.Duplicates++;
                _recordsCheck!.Duplicate(line.Text);
            }
            else if (line.Length > LineReader.MaxLineBytes)
            {
                Reject(line, $"is longer than {LineReader.MaxLineBytes >> 20} MiB");
            }
            else if (!_events.TryRead(line, batch.Chunk.Arena))
            {
                Reject(line, _events.Error);
            }
            else
            {
                _recordsCheck!.Event(_events);
                batch.Columns.Append(_events.Fields, _events.Present);
                CountEvent();
            }
        }
    }

    private void Reject(Line line, string error)
    {
        _recordsCheck!.Reject(line.Text);
        _rejects.Add(_uri, line, error);
        _counts.Rejects++;
    }

    /// <summary>Such a line is not compared with others: it is known only at its end, and never held whole.</summary>
    private void KeepPartOfLongLine(Chunk chunk)
    {
        bool last = chunk.Content == ChunkContent.EndOfLongLine;
        var part = chunk.Text;
        if (last)
        {
            part = part.EndsWith("\n"u8) ? part[..^1] : part;
            part = part.EndsWith("\r"u8) ? part[..^1] : part;
        }

        if (!_inLongLine)
        {
            part = part.StartsWith("\uFEFF"u8) ? part[3..] : part;
            _recordsCheck!.Reject(part);
            _rejects.BeginLong(_uri, chunk.FirstLineNumber, part);
            _counts.Lines++;
            _counts.Rejects++;
        }

        _rejects.AddPart(part, last);
        _inLongLine = !last;
    }

    private void CountEvent()
    {
        _counts.Events++;
        if ((_events.Present & (1UL << EventSchema.EventTime)) == 0)
        {
            _counts.WithoutTime++;
            return;
        }

        long time = _events.Fields[EventSchema.EventTime].Value;
        _counts.OutsideMonth += time < _monthStart || time >= _monthEnd ? 1 : 0;
        _counts.Earliest = Math.Min(_counts.Earliest ?? time, time);
        _counts.Latest = Math.Max(_counts.Latest ?? time, time);
    }
}
