using System.Collections.Concurrent;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Write;

/// <summary>
/// Enters the batches in the order of the sources. Workers do so ahead of the writer, which enters those that it needs
/// earlier.
/// </summary>
internal sealed class EntryOrder(int sources, Lane[] lanes, Action<EventBatch> enter)
{
    private readonly Lock _turn = new();
    private readonly ConcurrentQueue<BatchSlot> _entered = new();
    private readonly FirstFailure _failure = new();
    private int _place;

    private bool HasEnded => _place == sources;

    private Lane Lane => lanes[_place % lanes.Length];

    /// <summary>
    /// Enters the next batches as far as they are read, unless another thread is entering. <see cref="Next"/> throws a
    /// failure, after the batches before it.
    /// </summary>
    public void EnterAhead()
    {
        while (TryEnterNext())
        {
        }
    }

    /// <summary>The next batch if it is entered.</summary>
    public BatchSlot? TryNext() => _entered.TryDequeue(out var slot) ? slot : null;

    /// <summary>Waits, blocking, for the next batch that is entered; null after the last one.</summary>
    /// <exception cref="AggregationException">A step failed.</exception>
    public BatchSlot? Next()
    {
        if (TryNext() is { } entered)
        {
            return entered;
        }

        lock (_turn)
        {
            if (_entered.IsEmpty && !HasEnded)
            {
                EnterNext();
            }

            return TryNext();
        }
    }

    /// <summary>Waits until no thread enters a batch; none does any more.</summary>
    public void End()
    {
        lock (_turn)
        {
            _place = sources;
        }
    }

    private bool TryEnterNext()
    {
        if (!_turn.TryEnter())
        {
            return false;
        }

        try
        {
            if (_failure.Exception is not null || HasEnded || Lane.TryNextRead() is not { } slot)
            {
                return false;
            }

            Enter(slot);
            return true;
        }
        catch (Exception error)
        {
            return _failure.Keep(error);
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Waits, blocking, for the next batch and enters it.</summary>
    private void EnterNext()
    {
        _failure.ThrowIfAny();
        try
        {
            var slot = Lane.Next();
            slot.Read();
            Enter(slot);
        }
        catch (Exception error) when (_failure.Keep(error))
        {
            // Never caught, only kept: no worker enters what follows.
        }
    }

    private void Enter(BatchSlot slot)
    {
        enter(slot.Batch);
        _place += slot.Batch.EndsSource ? 1 : 0;
        _entered.Enqueue(slot);
    }
}
