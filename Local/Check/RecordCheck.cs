using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Write;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Checks records one after the other: each is a reject that is kept, a duplicate, or the event of the next row.
/// </summary>
internal sealed class RecordCheck(IObjectStore source, MonthRows rows, KeptRejects kept, bool deduplicate)
    : IRecordReceiver, IDisposable
{
    /// <summary>The maximum length of an event: 16 MiB.</summary>
    public const int MaxRecordBytes = 16 << 20;

    /// <summary>The maximum of rejects in memory.</summary>
    private const int MaxRejectsHeld = 1_000;

    private readonly RecordHistory _history = new();
    private readonly EventComparison _comparison = new();
    private readonly List<RejectedRecord> _rejects = [];
    private RecordHash? _reject;
    private RecordCounts _counts;
    private string _key = "";
    private string _uri = "";

    /// <summary>What the records so far are.</summary>
    public RecordCounts Counts => _counts;

    public bool InReject => _reject is not null;

    public bool HoldsRecords => _comparison.HoldsRecords;

    public bool IsFull => _rejects.Count >= MaxRejectsHeld;

    /// <summary>Starts with the records of an object.</summary>
    /// <param name="key">The object.</param>
    /// <param name="day">The day of its folder, 1 to 31.</param>
    public void StartObject(string key, int day)
    {
        (_key, _uri) = (key, source.UriOf(key));
        _history.StartDay(day);
    }

    public bool TryRead(ReadOnlySpan<byte> text, out int length) =>
        _comparison.TryRead(text, out length) && length <= MaxRecordBytes;

    /// <exception cref="DifferenceException">The object is an event, and the next row is not its own.</exception>
    public void AddObject(ReadOnlySpan<byte> text, SourcePosition position)
    {
        if (!_comparison.IsEvent)
        {
            AddReject(text, position, isLast: true);
            return;
        }

        _counts.Records++;
        if (deduplicate && _history.IsDuplicate(text))
        {
            _counts.Duplicates++;
        }
        else
        {
            _counts.Events++;
            CheckEvent(text, position);
        }
    }

    public void AddReject(ReadOnlySpan<byte> text, SourcePosition position, bool isLast)
    {
        _reject ??= new RecordHash(_key, position);
        _reject.Add(text);
        if (!isLast)
        {
            return;
        }

        _rejects.Add(_reject.End());
        _reject.Dispose();
        _reject = null;
        _counts.Records++;
        _counts.Rejects++;
    }

    /// <summary>Checks that the rejects added since the last call are kept.</summary>
    /// <exception cref="DifferenceException">One is not.</exception>
    public async Task EndBatchAsync(CancellationToken cancellation)
    {
        foreach (var reject in _rejects)
        {
            CheckReject(reject, await kept.NextAsync(cancellation));
        }

        _rejects.Clear();
    }

    public void Dispose() => _reject?.Dispose();

    private void CheckEvent(ReadOnlySpan<byte> text, SourcePosition position)
    {
        if (!rows.MoveNext())
        {
            throw new DifferenceException($"{_uri}, {position} is an event, and " + (rows.Read.Count == 0
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
                $"{rows.Position} is not the event of {_uri}, {position}: {difference}.{hint}");
        }
    }

    private void CheckReject(RejectedRecord reject, RejectedRecord? found)
    {
        string record = $"{_uri}, {reject.Position}";
        if (found is null)
        {
            throw new DifferenceException($"{record} is not an event, and is not among the rejects that are kept.");
        }

        // The object may have had another root when it was read: a directory that was copied to S3.
        bool sameObject = found.Source == reject.Source
            || found.Source.EndsWith("/" + reject.Source, StringComparison.Ordinal);
        if (!sameObject || found.Position != reject.Position)
        {
            throw new DifferenceException(
                $"{record} is not an event, and the reject kept in its place is {found.Source}, {found.Position}.");
        }

        if ((found.Bytes, found.Hash) != (reject.Bytes, reject.Hash))
        {
            throw new DifferenceException(
                $"{record} is not an event, and is kept with other bytes: "
                + $"{reject.Bytes} bytes in the source, {found.Bytes} in the reject file.");
        }
    }
}
