using CloudTrailAggregation.CloudTrail;

namespace CloudTrailAggregation.Aggregation;

/// <summary>Reads one source into batches: gunzip, framing, the lines and their hashes.</summary>
internal sealed class SourceReader(int source, LogFile file, DuplicateFilter? duplicates) : IAsyncDisposable
{
    private readonly LineReader _lines = new(file);

    /// <summary>Fills the batch with the next chunk and its lines, or with the end of the source.</summary>
    /// <returns>False with the end of the source.</returns>
    /// <exception cref="AggregationException">The source cannot be read whole.</exception>
    public async ValueTask<bool> FillAsync(EventBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool filled = await _lines.FillAsync(batch.Chunk, cancellation);
        batch.Source = source;
        batch.EndsSource = !filled;
        batch.SplitLines(duplicates);
        return filled;
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
