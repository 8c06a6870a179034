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
/// Enters every line of the month, batch by batch in the order of the sources: the counts add up here, rejects are
/// kept, and a source that is no NDJSON but a file of CloudTrail's own is noticed.
/// </summary>
internal sealed class LineLedger(IObjectStore store, SourceListing sources, RejectFile rejects, IProgress<MonthProgress>? progress)
{
    private RecordsFileCheck? _recordsCheck;
    private string _uri = "";
    private bool _inLongLine;
    private int _ended;
    private long _bytesRead;
    private LineCounts _counts;

    public LineCounts Counts => _counts;

    /// <exception cref="AggregationException">The source that ends here is a file as CloudTrail delivers it.</exception>
    public void Enter(EventBatch batch)
    {
        if (_recordsCheck is null)
        {
            _uri = store.UriOf(sources.Objects[batch.Source].Key);
            _recordsCheck = new RecordsFileCheck(_uri);
        }

        if (batch.EndsSource)
        {
            EndSource(batch.Source);
        }
        else if (batch.Chunk.Content == ChunkContent.Lines)
        {
            EnterLines(batch);
        }
        else
        {
            KeepPartOfLongLine(batch.Chunk);
        }

        batch.CountsAfter = _counts;
    }

    /// <exception cref="AggregationException">A source was not entered to its end, once.</exception>
    public void CheckWhole()
    {
        if (_ended != sources.Objects.Count)
        {
            throw new AggregationException($"{_ended} of {sources.Objects.Count} sources were read to their end. This is a bug in the tool; nothing was replaced. Please report it.");
        }
    }

    private void EndSource(int source)
    {
        if (source != _ended++)
        {
            throw new AggregationException($"source {source + 1} of {sources.Objects.Count} ended as number {_ended}. This is a bug in the tool; nothing was replaced. Please report it.");
        }

        _recordsCheck!.EndOfFile();
        _recordsCheck = null;
        _bytesRead += sources.Objects[source].Size;
        progress?.Report(new MonthProgress(sources.Objects.Count, source + 1, sources.Bytes, _bytesRead, _counts.Events));
    }

    private void EnterLines(EventBatch batch)
    {
        int reject = 0;
        foreach (ref readonly var line in batch.Lines)
        {
            switch (line.Outcome)
            {
                case LineOutcome.Duplicate:
                    _recordsCheck!.Duplicate(line.Line.Text);
                    break;
                case LineOutcome.Reject:
                    _recordsCheck!.Reject(line.Line.Text);
                    rejects.Add(_uri, line.Line, batch.Errors[reject++]);
                    break;
                default:
                    _recordsCheck!.Event(line.Outcome == LineOutcome.RecordsObject);
                    break;
            }
        }

        _counts.Add(batch.Counts);
    }

    /// <summary>Such a line is not compared with others: it is known only at its end, and never held whole.</summary>
    private void KeepPartOfLongLine(Chunk chunk)
    {
        bool last = chunk.Content == ChunkContent.EndOfLongLine;
        var part = chunk.LinePart(isFirst: !_inLongLine);
        if (!_inLongLine)
        {
            _recordsCheck!.Reject(part);
            rejects.BeginLong(_uri, chunk.FirstLineNumber, part);
            _counts.Lines++;
            _counts.Rejects++;
        }

        rejects.AddPart(part, last);
        _inLongLine = !last;
    }
}
