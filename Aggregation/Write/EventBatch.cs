using CloudTrailAggregation.Columns;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Json;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Write;

/// <summary>
/// A chunk of one source with its records and their events as columns. The records and columns point into the chunk and
/// are valid until the batch is filled again. Only one thread at a time may use a batch.
/// </summary>
internal sealed class EventBatch(Unit unit) : IDisposable
{
    /// <summary>The error of a record that is longer than the maximum.</summary>
    public static readonly string TooLong = $"is longer than {RecordFraming.MaxRecordBytes >> 20} MiB";

    private readonly RecordTable _records = new();
    private readonly List<string> _errors = [];
    private readonly List<int> _duplicateRows = [];
    private readonly long _monthStart = unit.Month.Start.ToUnixTimeMilliseconds();
    private readonly long _monthEnd = unit.Month.Next.Start.ToUnixTimeMilliseconds();

    /// <summary>The text.</summary>
    public Chunk Chunk { get; } = new();

    /// <summary>The events as columns.</summary>
    public ColumnBatch Columns { get; } = new();

    /// <summary>The source of the text.</summary>
    public SourceObject Source { get; private set; } = null!;

    /// <summary>
    /// Whether the source is of the day before the unit: its records become no rows and are not counted, but an exact
    /// copy of one is a duplicate.
    /// </summary>
    public bool IsOfDayBefore { get; private set; }

    /// <summary>Whether the source has ended; the batch is then empty.</summary>
    public bool EndsSource { get; private set; }

    /// <summary>
    /// Whether the source is damaged and nothing of it was read; <see cref="EndsSource"/> is then set too.
    /// </summary>
    public bool SkipsDamage { get; private set; }

    /// <summary>The records; empty for a fragment.</summary>
    public Span<Record> Records => _records.All;

    /// <summary>The error of each reject, in the order of the rejects.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>What became of the unit's records up to the end of this batch.</summary>
    public RecordCounts CountsAfter { get; set; }

    /// <summary>The damaged objects that were skipped up to the end of this batch.</summary>
    public NamedObjects DamagedAfter { get; set; } = new(0, []);

    /// <summary>First step: takes the next chunk of the source, or its end.</summary>
    /// <exception cref="AggregationException">The source cannot be unpacked or framed.</exception>
    public async ValueTask FillAsync(SourceObject source, RecordFraming framing, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        EndsSource = !await framing.FillAsync(Chunk, cancellation);
        SkipsDamage = false;
        Take(source);
    }

    /// <summary>First step for a damaged source: takes its end and nothing of its text.</summary>
    public void SkipSource(SourceObject source)
    {
        Chunk.Clear();
        EndsSource = SkipsDamage = true;
        Take(source);
    }

    private void Take(SourceObject source) => (Source, IsOfDayBefore) = (source, source.Day < unit.Days.First);

    /// <summary>Whether <see cref="Read"/> may find a record that holds records itself.</summary>
    public bool MayHoldContainers()
    {
        foreach (ref readonly var record in Chunk.Records.All)
        {
            if (record.Text.IndexOf("\"Records\""u8) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Second step: tells events from rejects by each record's own bytes, and turns the events into columns. Several
    /// threads may read different batches at the same time.
    /// </summary>
    /// <param name="events">Reads the events; not in use after the call.</param>
    /// <param name="duplicates">Hashes the events; null where duplicates are kept.</param>
    /// <exception cref="DamagedObjectException">A record holds records itself.</exception>
    public void Read(EventReader events, DuplicateFilter? duplicates)
    {
        _records.Clear();
        _errors.Clear();
        Columns.Clear();
        foreach (ref readonly var framed in Chunk.Records.All)
        {
            if (framed.Position.InContainer)
            {
                ReadElement(framed, events, duplicates);
            }
            else
            {
                ReadObjects(framed, events, duplicates);
            }
        }
    }

    /// <summary>
    /// Third step, in the order of the sources: drops the duplicates and counts the records, none of the day before.
    /// </summary>
    public RecordCounts DropDuplicates(DuplicateFilter? duplicates)
    {
        _duplicateRows.Clear();
        duplicates?.Mark(Records, Source.Day, _duplicateRows);
        if (IsOfDayBefore)
        {
            return default;
        }

        Columns.Remove(_duplicateRows);
        var counts = new RecordCounts
        {
            Records = Records.Length,
            Duplicates = _duplicateRows.Count,
            Events = Columns.Rows,
        };
        foreach (ref readonly var record in Records)
        {
            counts.Bytes += record.Length;
            if (record.Outcome == RecordOutcome.Reject)
            {
                counts.AddReject(record.Length);
            }
        }

        foreach (long time in Columns.EventTimes)
        {
            counts.AddTime(time, outsideMonth: time < _monthStart || time >= _monthEnd);
        }

        counts.WithoutTime = Columns.Rows - Columns.EventTimes.Length;
        return counts;
    }

    public void Dispose() => Chunk.Dispose();

    /// <summary>
    /// Reads objects that follow one another, each a record. Text that is not an object is a reject up to the newline.
    /// </summary>
    private unsafe void ReadObjects(in Record framed, EventReader events, DuplicateFilter? duplicates)
    {
        byte* end = framed.Start + framed.Length;
        byte* from = framed.Start;
        byte* start = JsonScanner.SkipWhite(from + (framed.Text.StartsWith("\uFEFF"u8) ? 3 : 0));
        while (start < end)
        {
            byte* after = events.TryRead(start, end, Chunk.Arena);
            if (after == null || after - start > RecordFraming.MaxRecordBytes)
            {
                Reject(from, end, framed.Position, after == null ? Error(events, from) : TooLong);
                return;
            }

            Keep(start, after, framed.Position, events, duplicates);
            from = after;
            start = JsonScanner.SkipWhite(from);
        }
    }

    /// <summary>Reads an element of a container. Framing has found its end by JSON's grammar.</summary>
    private unsafe void ReadElement(in Record framed, EventReader events, DuplicateFilter? duplicates)
    {
        byte* start = framed.Start;
        byte* end = start + framed.Length;
        byte* after = framed.Length > RecordFraming.MaxRecordBytes
            ? null
            : events.TryRead(start, end, Chunk.Arena);
        if (after == null)
        {
            bool isTooLong = framed.Length > RecordFraming.MaxRecordBytes;
            Reject(start, end, framed.Position, isTooLong ? TooLong : Error(events, start));
            return;
        }

        if (after != end)
        {
            throw ToolBug.Found(
                $"{Source.Uri}, {framed.Position}: framing found {framed.Length} bytes, reading {after - start}");
        }

        Keep(start, end, framed.Position, events, duplicates);
    }

    private unsafe void Keep(
        byte* start, byte* end, RecordPosition position, EventReader events, DuplicateFilter? duplicates)
    {
        if (events.HoldsRecords)
        {
            throw new DamagedObjectException(
                $"{Source.Uri}, {position}",
                "holds many records in a member Records, which is read only where it is the one member of an object "
                + "at the start of a line");
        }

        if (events.NotAnEvent is { } error)
        {
            Reject(start, end, position, error);
            return;
        }

        if (!IsOfDayBefore)
        {
            Columns.Append(events.Fields, events.Present);
        }

        var record = new Record { Start = start, Length = (int)(end - start), Position = position };
        record.Hash = duplicates?.HashOf(record.Text) ?? default;
        _records.Add(record);
    }

    private static unsafe string Error(EventReader events, byte* from) =>
        events.ErrorAt == null ? events.Error : $"{events.Error} (byte {events.ErrorAt - from + 1})";

    private unsafe void Reject(byte* start, byte* end, RecordPosition position, string error)
    {
        _records.Add(new Record
        {
            Start = start,
            Length = (int)(end - start),
            Position = position,
            Outcome = RecordOutcome.Reject,
        });
        _errors.Add(error);
    }
}
