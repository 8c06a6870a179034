using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>How far a month is.</summary>
/// <param name="Files">Source objects of the month.</param>
/// <param name="FilesRead">Those read to the end.</param>
/// <param name="Bytes">Their stored bytes.</param>
/// <param name="BytesRead">Those of the objects read to the end.</param>
/// <param name="Events">Events so far.</param>
public readonly record struct RunProgress(int Files, int FilesRead, long Bytes, long BytesRead, long Events);

/// <summary>Objects: how many, and the URIs of the first few.</summary>
public sealed record NamedObjects(long Count, IReadOnlyList<string> First);

/// <summary>
/// Enters every record of the month, batch by batch in the order of the sources: duplicates are dropped, the counts add
/// up, rejects are kept, and an object that gave nothing is noticed.
/// </summary>
internal sealed class Ledger(
    SourceListing sources, DuplicateFilter? duplicates, RejectFile rejects, IProgress<RunProgress>? progress)
{
    private const int FirstObjects = 5;

    private readonly List<string> _firstWithoutEvents = [];
    private long _withoutEvents;
    private bool _inFragments;
    private int _ended;
    private long _bytesRead;
    private RecordCounts _counts;
    private RecordCounts _countsBefore;

    /// <summary>What became of the records so far.</summary>
    public RecordCounts Counts => _counts;

    /// <summary>Objects that hold records, but neither an event nor a duplicate.</summary>
    public NamedObjects ObjectsWithoutEvents => new(_withoutEvents, _firstWithoutEvents);

    public void Enter(EventBatch batch)
    {
        if (batch.EndsSource)
        {
            EndSource(batch.Source);
        }
        else if (batch.Chunk.Content == ChunkContent.Records)
        {
            EnterRecords(batch);
        }
        else
        {
            KeepFragment(batch.Source.Uri, batch.Chunk);
        }

        batch.CountsAfter = _counts;
    }

    /// <exception cref="AggregationException">A source was not entered to its end, once.</exception>
    public void CheckWhole()
    {
        if (_ended != sources.Count)
        {
            throw ToolBug.Found($"{_ended} of {sources.Count} sources were read to their end");
        }
    }

    private void EndSource(SourceObject source)
    {
        if (source.Place != _ended++)
        {
            throw ToolBug.Found($"source {source.Place + 1} of {sources.Count} ended as number {_ended}");
        }

        bool hasRecords = _counts.Records > _countsBefore.Records;
        if (hasRecords && _counts.Events + _counts.Duplicates == _countsBefore.Events + _countsBefore.Duplicates)
        {
            _withoutEvents++;
            if (_firstWithoutEvents.Count < FirstObjects)
            {
                _firstWithoutEvents.Add(source.Uri);
            }
        }

        _countsBefore = _counts;
        _bytesRead += source.Stored.Size;
        progress?.Report(new RunProgress(sources.Count, _ended, sources.Bytes, _bytesRead, _counts.Events));
    }

    private void EnterRecords(EventBatch batch)
    {
        _counts.Add(batch.DropDuplicates(duplicates));
        int reject = 0;
        foreach (ref readonly var record in batch.Records)
        {
            if (record.Outcome == RecordOutcome.Reject)
            {
                rejects.Add(batch.Source.Uri, record, batch.Errors[reject++]);
            }
        }
    }

    private void KeepFragment(string uri, Chunk chunk)
    {
        bool last = chunk.Content == ChunkContent.LastFragment;
        var text = chunk.FragmentText;
        if (!_inFragments)
        {
            rejects.BeginLong(uri, chunk.FirstLineNumber, text);
            _counts.Records++;
            _counts.Rejects++;
        }

        rejects.AddFragment(text, last);
        _counts.Bytes += text.Length;
        _counts.RejectedBytes += text.Length;
        _inFragments = !last;
    }
}
