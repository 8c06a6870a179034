using System.Security.Cryptography;
using Amazon.Runtime;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Sends a store's reads and listings as fast as S3 takes them. When S3 says that it is too busy, fewer are in flight,
/// and the request is sent again after a while, as often as it takes; only a store that answers no request at all for
/// <paramref name="timeout"/> fails.
/// </summary>
/// <param name="firstDelay">
/// The maximum wait before a request is sent again; it doubles as long as no request of the store succeeds.
/// </param>
/// <param name="timeout">How long requests wait in total without a success before one fails.</param>
internal sealed class S3Pace(TimeSpan firstDelay, TimeSpan timeout)
{
    /// <summary>As many as an S3-compatible server of any size takes.</summary>
    private const int MinInFlight = 16;

    private const int MaxInFlight = 256;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(20);

    private readonly RequestLimit _limit = new(MinInFlight, MaxInFlight);
    private long _sentAgain;

    /// <summary>The number of requests sent again because S3 was too busy.</summary>
    public long SentAgain => Interlocked.Read(ref _sentAgain);

    /// <summary>Sends a request until the answer is not that S3 is too busy.</summary>
    /// <exception cref="AmazonServiceException">The request failed, or S3 has been too busy for too long.</exception>
    public async Task<T> SendAsync<T>(Func<Task<T>> send, CancellationToken cancellation)
    {
        long successes = _limit.Successes;
        var delay = firstDelay;
        var waited = TimeSpan.Zero;
        bool isAgain = false;
        while (true)
        {
            try
            {
                return await SendOnceAsync(isAgain, send, cancellation);
            }
            catch (AmazonServiceException answer) when (S3Error.IsBusy(answer))
            {
                if (_limit.Successes > successes)
                {
                    (successes, delay, waited) = (_limit.Successes, firstDelay, TimeSpan.Zero);
                }

                if (waited >= timeout)
                {
                    throw;
                }
            }

            // Requests that were refused together come back one by one.
            var wait = delay * (RandomNumberGenerator.GetInt32(50, 101) / 100.0);
            await Task.Delay(wait, cancellation);
            waited += wait;
            delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            isAgain = true;
            Interlocked.Increment(ref _sentAgain);
        }
    }

    private async Task<T> SendOnceAsync<T>(bool isAgain, Func<Task<T>> send, CancellationToken cancellation)
    {
        long turn = await _limit.EnterAsync(isAgain, cancellation);
        var outcome = RequestOutcome.Failure;
        try
        {
            var answer = await send();
            outcome = RequestOutcome.Success;
            return answer;
        }
        catch (AmazonServiceException answer) when (S3Error.IsBusy(answer))
        {
            outcome = RequestOutcome.Busy;
            throw;
        }
        finally
        {
            _limit.Leave(turn, outcome);
        }
    }
}
