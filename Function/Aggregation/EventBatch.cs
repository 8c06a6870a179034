using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Parquet;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// A chunk of one source on its way: its text, its lines, their events as columns. Filled again and again; the lines
/// and columns point into the chunk. One thread at a time works on a batch.
/// </summary>
internal sealed class EventBatch(Month month) : IDisposable
{
    private const int UsualLines = 512;

    private readonly EventReader _events = new();
    private readonly long _monthStart = month.Start.ToUnixTimeMilliseconds();
    private readonly long _monthEnd = month.Next.Start.ToUnixTimeMilliseconds();
    private readonly List<string> _errors = [];
    private BatchLine[] _lines = new BatchLine[UsualLines];
    private int _lineCount;
    private LineCounts _counts;
    private Lazy<bool>? _reading;

    public Chunk Chunk { get; } = new();

    public ColumnBatch Columns { get; } = new();

    /// <summary>The source's place in the month's list.</summary>
    public int Source { get; set; }

    /// <summary>Whether the source is at its end; the batch then holds nothing else.</summary>
    public bool EndsSource { get; set; }

    /// <summary>Its lines without the blank ones; none for a part of a long line.</summary>
    public Span<BatchLine> Lines => _lines.AsSpan(0, _lineCount);

    /// <summary>Why lines are rejects, in their order.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>What became of its lines; those of a long line's parts are counted by <see cref="LineLedger"/>.</summary>
    public LineCounts Counts => _counts;

    /// <summary>What became of the month's lines up to the end of this batch.</summary>
    public LineCounts CountsAfter { get; set; }

    /// <summary>Ends when nobody reads its events any more; see <see cref="StartReading"/>.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>First step, after the chunk has been filled: finds the lines.</summary>
    /// <param name="duplicates">Hashes them; null where duplicates are kept.</param>
    public unsafe void SplitLines(DuplicateFilter? duplicates)
    {
        _lineCount = 0;
        _errors.Clear();
        Columns.Clear();
        _counts = default;
        if (Chunk.Content != ChunkContent.Lines)
        {
            return;
        }

        foreach (var line in Chunk.Lines)
        {
            if (_lineCount == _lines.Length)
            {
                Array.Resize(ref _lines, _lineCount * 2);
            }

            _lines[_lineCount++] = new BatchLine
            {
                Start = line.Start,
                Length = line.Length,
                Number = line.Number,
                Hash = duplicates?.HashOf(line.Text) ?? default,
            };
        }
    }

    /// <summary>Last step, after duplicates have been marked: reads the others.</summary>
    public void ReadEvents()
    {
        foreach (ref var line in Lines)
        {
            _counts.Lines++;
            if (line.Outcome == LineOutcome.Duplicate)
            {
                _counts.Duplicates++;
            }
            else if (line.Length > LineReader.MaxLineBytes)
            {
                Reject(ref line, $"is longer than {LineReader.MaxLineBytes >> 20} MiB");
            }
            else if (!_events.TryRead(line.Line, Chunk.Arena))
            {
                Reject(ref line, _events.Error);
            }
            else
            {
                line.Outcome = RecordsFileCheck.IsRecordsObject(_events) ? LineOutcome.RecordsObject : LineOutcome.Event;
                Columns.Append(_events.Fields, _events.Present);
                CountEvent();
            }
        }
    }

    /// <summary>Has them read on a scheduler.</summary>
    public void StartReading(TaskScheduler scheduler)
    {
        var reading = new Lazy<bool>(() =>
        {
            ReadEvents();
            return true;
        });
        _reading = reading;
        Reading = Task.Factory.StartNew(() => reading.Value, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    /// <summary>Waits until they are read, or reads them where nobody has begun to.</summary>
    public void FinishReading() => _ = _reading!.Value;

    public void Dispose() => Chunk.Dispose();

    private void Reject(ref BatchLine line, string error)
    {
        line.Outcome = LineOutcome.Reject;
        _errors.Add(error);
        _counts.Rejects++;
    }

    private void CountEvent()
    {
        _counts.Events++;
        if ((_events.Present & (1UL << EventSchema.EventTime)) == 0)
        {
            _counts.WithoutTime++;
        }
        else
        {
            long time = _events.Fields[EventSchema.EventTime].Value;
            _counts.AddTime(time, outsideMonth: time < _monthStart || time >= _monthEnd);
        }
    }
}
