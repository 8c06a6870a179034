using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Source;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Reads one source into batches. Where damaged objects are skipped, it first reads the source to its end and discards
/// what it reads, because a damaged object must contribute nothing and the damage may be in its last byte.
/// </summary>
internal sealed class SourceReading(SourceObject source, Steps steps) : IAsyncDisposable
{
    private SourceText? _text;
    private RecordFraming? _framing;

    /// <summary>Fills the batch with the next chunk of the source, or with its end.</summary>
    /// <exception cref="DamagedObjectException">The source is damaged, and that fails the run.</exception>
    public async ValueTask FillAsync(EventBatch batch, CancellationToken cancellation)
    {
        if (_framing is null)
        {
            if (await OpenAsync(batch, cancellation) is not { } stored)
            {
                batch.SkipSource(source);
                return;
            }

            _text = new SourceText(stored, source.Uri);
            _framing = new RecordFraming(_text);
        }

        await batch.FillAsync(source, _framing, cancellation);
    }

    public ValueTask DisposeAsync() => _text?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <returns>Null if the source is damaged and is to be skipped.</returns>
    private async Task<Stream?> OpenAsync(EventBatch batch, CancellationToken cancellation)
    {
        var stored = await steps.Open(source);
        if (steps.OpenAgain is not { } openAgain)
        {
            return stored;
        }

        bool isReadAgain = false;
        try
        {
            if (!await IsWholeAsync(stored, batch, cancellation))
            {
                return null;
            }

            isReadAgain = stored.CanSeek;
        }
        finally
        {
            if (!isReadAgain)
            {
                await stored.DisposeAsync();
            }
        }

        if (!isReadAgain)
        {
            return await openAgain(source);
        }

        stored.Position = 0;
        return stored;
    }

    private async Task<bool> IsWholeAsync(Stream stored, EventBatch batch, CancellationToken cancellation)
    {
        try
        {
            await using var text = new SourceText(stored, source.Uri, leaveOpen: true);
            var framing = new RecordFraming(text);
            await batch.FillAsync(source, framing, cancellation);
            while (!batch.EndsSource)
            {
                if (batch.MayHoldContainers())
                {
                    steps.Read(batch);
                }

                await batch.FillAsync(source, framing, cancellation);
            }

            return true;
        }
        catch (DamagedObjectException)
        {
            return false;
        }
    }
}
