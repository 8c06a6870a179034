namespace CloudTrailAggregation.Storage.S3;

/// <summary>What a request says about the server.</summary>
internal enum RequestOutcome
{
    /// <summary>The server did what it was asked.</summary>
    Success,

    /// <summary>The server says that it gets more requests than it can take.</summary>
    Busy,

    /// <summary>Anything else.</summary>
    Failure,
}

/// <summary>
/// The number of requests in flight, as many as the server takes: additive increase, multiplicative decrease. A busy
/// server halves the limit, once for all requests that were in flight then; the limit grows by one whenever as many
/// requests as the limit have succeeded.
/// </summary>
/// <param name="min">The limit is at least this.</param>
/// <param name="max">The limit is at most this, and is this at first.</param>
internal sealed class RequestLimit(int min, int max)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<long>> _first = new();
    private readonly Queue<TaskCompletionSource<long>> _again = new();
    private double _limit = max;
    private int _inFlight;
    private long _lastTurn;
    private long _loweredAfter;
    private long _successes;

    /// <summary>The maximum number of requests in flight at this moment.</summary>
    public int Value
    {
        get
        {
            lock (_lock)
            {
                return (int)_limit;
            }
        }
    }

    /// <summary>The number of requests that succeeded so far.</summary>
    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>
    /// Waits until another request may be sent. Each entry is followed by a call of <see cref="Leave"/>.
    /// </summary>
    /// <param name="isAgain">Whether the request is sent again; it then goes before those that were not sent.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The request's number, for <see cref="Leave"/>.</returns>
    public async ValueTask<long> EnterAsync(bool isAgain, CancellationToken cancellation)
    {
        TaskCompletionSource<long> turn;
        lock (_lock)
        {
            if (_inFlight < (int)_limit && _again.Count == 0 && (isAgain || _first.Count == 0))
            {
                _inFlight++;
                return ++_lastTurn;
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (isAgain ? _again : _first).Enqueue(turn);
        }

        await using (cancellation.UnsafeRegister(state => ((TaskCompletionSource<long>)state!).TrySetCanceled(), turn))
        {
            return await turn.Task;
        }
    }

    /// <summary>Ends a request.</summary>
    /// <param name="turn">The request's number.</param>
    /// <param name="outcome">What its answer was.</param>
    public void Leave(long turn, RequestOutcome outcome)
    {
        lock (_lock)
        {
            _inFlight--;
            if (outcome == RequestOutcome.Success)
            {
                _successes++;
                _limit = Math.Min(max, _limit + (1 / _limit));
            }
            else if (outcome == RequestOutcome.Busy && turn > _loweredAfter)
            {
                _limit = Math.Max(min, _limit / 2);
                _loweredAfter = _lastTurn;
            }

            while (_inFlight < (int)_limit && (_again.TryDequeue(out var next) || _first.TryDequeue(out next)))
            {
                // A wait that was canceled takes no turn.
                if (next.TrySetResult(_lastTurn + 1))
                {
                    _lastTurn++;
                    _inFlight++;
                }
            }
        }
    }
}
