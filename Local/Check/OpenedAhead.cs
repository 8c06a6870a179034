using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary>
/// Opens source objects in order, a few ahead of the reader, so that their requests wait for the store together.
/// </summary>
/// <param name="store">The source.</param>
/// <param name="sources">The objects.</param>
/// <param name="cancellation">Ends the requests.</param>
internal sealed class OpenedAhead(
    IObjectStore store, IReadOnlyList<SourceOfDay> sources, CancellationToken cancellation) : IAsyncDisposable
{
    private const int MaxAhead = 16;

    private readonly Queue<Task<Stream>> _ahead = new();
    private int _next;

    /// <summary>The stored bytes of the next object; the caller disposes them.</summary>
    public async Task<Stream> NextAsync()
    {
        while (_ahead.Count < MaxAhead && _next < sources.Count)
        {
            _ahead.Enqueue(store.OpenAsync(sources[_next++].Stored, cancellation));
        }

        return await _ahead.Dequeue();
    }

    /// <summary>Closes the objects that were not read.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_ahead.TryDequeue(out var opening))
        {
            try
            {
                await (await opening).DisposeAsync();
            }
            catch (Exception)
            {
                // Nobody reads this object, so its failure does not matter.
            }
        }
    }
}
