using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>Reads an object to its end to see whether it is damaged; what its records hold does not matter.</summary>
internal sealed class DamageSearch : IRecordReceiver
{
    private readonly EventMembers _object = new();

    public bool InReject { get; private set; }

    public bool IsFull => false;

    public bool HoldsRecords => _object.HoldsRecords;

    /// <summary>Whether an object cannot be unpacked or framed.</summary>
    public static async Task<bool> FindsAsync(
        IObjectStore store, StoredObject stored, CancellationToken cancellation)
    {
        string uri = store.UriOf(stored.Key);
        try
        {
            await using var text = new SourceText(await store.OpenAsync(stored, cancellation), uri);
            await new ObjectRecords(text, uri, new DamageSearch()).ReadAsync(cancellation);
            return false;
        }
        catch (DamagedObjectException)
        {
            return true;
        }
    }

    public bool TryRead(ReadOnlySpan<byte> text, out int length) =>
        _object.TryRead(text, out length) && length <= RecordCheck.MaxRecordBytes;

    public void AddObject(ReadOnlySpan<byte> text, SourcePosition position)
    {
    }

    public void AddReject(ReadOnlySpan<byte> text, SourcePosition position, bool isLast) => InReject = !isLast;

    public Task EndBatchAsync(CancellationToken cancellation) => Task.CompletedTask;
}
