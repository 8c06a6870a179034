using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Write;

/// <summary>The progress of a run within a unit.</summary>
/// <param name="Files">The unit's source objects.</param>
/// <param name="FilesRead">Source objects read to their end.</param>
/// <param name="Bytes">The stored bytes of all source objects.</param>
/// <param name="BytesRead">The stored bytes of the source objects read to their end.</param>
/// <param name="Events">Events so far.</param>
public readonly record struct RunProgress(int Files, int FilesRead, long Bytes, long BytesRead, long Events);

/// <summary>A number of objects, with the names of the first five.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="First">The URIs of the first five.</param>
public sealed record NamedObjects(long Count, IReadOnlyList<string> First)
{
    private const int MaxNamed = 5;

    /// <summary>The objects of all.</summary>
    internal static NamedObjects Sum(IEnumerable<NamedObjects> parts)
    {
        var all = parts.ToList();
        return new NamedObjects(all.Sum(part => part.Count), [.. all.SelectMany(part => part.First).Take(MaxNamed)]);
    }

    /// <summary>These objects and one more.</summary>
    internal NamedObjects With(string uri) => new(Count + 1, First.Count < MaxNamed ? [.. First, uri] : First);
}

/// <summary>
/// Accounts for every record of the unit, batch by batch in the order of the sources: drops duplicates, keeps rejects,
/// counts, and notes each object that has records but no event.
/// </summary>
internal sealed class Ledger(
    SourceListing sources, DuplicateFilter? duplicates, RejectFile rejects, IProgress<RunProgress>? progress)
{
    private NamedObjects _withoutEvents = new(0, []);
    private bool _inFragments;
    private int _ended;
    private long _bytesRead;
    private RecordCounts _counts;
    private RecordCounts _countsBefore;

    /// <summary>What became of the records so far.</summary>
    public RecordCounts Counts => _counts;

    /// <summary>Objects that hold records but neither an event nor a duplicate.</summary>
    public NamedObjects ObjectsWithoutEvents => _withoutEvents;

    /// <summary>Damaged objects, of which nothing was read.</summary>
    public NamedObjects DamagedObjects { get; private set; } = new(0, []);

    /// <summary>Accounts for the next batch.</summary>
    public void Enter(EventBatch batch)
    {
        if (batch.EndsSource)
        {
            bool isDamaged = batch.SkipsDamage && !batch.IsOfDayBefore;
            DamagedObjects = isDamaged ? DamagedObjects.With(batch.Source.Uri) : DamagedObjects;
            EndSource(batch.Source);
        }
        else if (batch.Chunk.Content == ChunkContent.Records)
        {
            EnterRecords(batch);
        }
        else if (!batch.IsOfDayBefore)
        {
            KeepFragment(batch.Source.Uri, batch.Chunk);
        }

        batch.CountsAfter = _counts;
        batch.DamagedAfter = DamagedObjects;
    }

    /// <summary>Checks that every source was entered to its end, once.</summary>
    /// <exception cref="AggregationException">One was not: a bug in the tool.</exception>
    public void CheckAllSourcesEnded()
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
            _withoutEvents = _withoutEvents.With(source.Uri);
        }

        _countsBefore = _counts;
        _bytesRead += source.Stored.Size;
        progress?.Report(new RunProgress(sources.Count, _ended, sources.Bytes, _bytesRead, _counts.Events));
    }

    private void EnterRecords(EventBatch batch)
    {
        _counts.Add(batch.DropDuplicates(duplicates));
        if (batch.IsOfDayBefore)
        {
            return;
        }

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
            rejects.StartLong(uri, chunk.Position, text);
            _counts.Records++;
            _counts.Rejects++;
        }

        rejects.AddFragment(text, last);
        _counts.Bytes += text.Length;
        _counts.RejectedBytes += text.Length;
        _inFragments = !last;
    }
}
