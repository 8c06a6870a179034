using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

public sealed class RequestLimitTests
{
    private readonly RequestLimit _limit = new(min: 4, max: 32);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_requests_as_the_limit_are_in_flight_and_the_next_one_waits()
    {
        long[] turns = await EnterAsync(32);
        var waiting = _limit.EnterAsync(isAgain: false, Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);

        _limit.Leave(turns[0], RequestOutcome.Failure);

        Assert.Equal(turns[^1] + 1, await waiting);
    }

    [Fact]
    public async Task A_busy_server_halves_the_limit_once_for_all_that_was_in_flight()
    {
        long[] turns = await EnterAsync(32);
        foreach (long turn in turns)
        {
            _limit.Leave(turn, RequestOutcome.Busy);
        }

        Assert.Equal(16, _limit.Value);
        foreach (int expected in (int[])[8, 4, 4, 4])
        {
            _limit.Leave((await EnterAsync(1))[0], RequestOutcome.Busy);
            Assert.Equal(expected, _limit.Value);
        }
    }

    [Fact]
    public async Task As_many_successes_as_the_limit_raise_it_by_one_up_to_its_maximum()
    {
        _limit.Leave((await EnterAsync(1))[0], RequestOutcome.Busy);
        Assert.Equal(16, _limit.Value);

        await SucceedAsync(15);
        Assert.Equal(16, _limit.Value);
        await SucceedAsync(2);
        Assert.Equal(17, _limit.Value);
        await SucceedAsync(32 * 32);
        Assert.Equal(32, _limit.Value);
        Assert.Equal(15 + 2 + (32 * 32), _limit.Successes);
    }

    [Fact]
    public async Task With_a_lower_limit_nobody_enters_before_enough_have_left()
    {
        long[] turns = await EnterAsync(32);
        var waiting = _limit.EnterAsync(isAgain: false, Cancellation).AsTask();

        foreach (long turn in turns[..16])
        {
            _limit.Leave(turn, RequestOutcome.Busy);
            Assert.False(waiting.IsCompleted);
        }

        _limit.Leave(turns[16], RequestOutcome.Failure);
        await waiting;
    }

    [Fact]
    public async Task A_request_that_is_sent_again_goes_before_those_that_were_not_sent()
    {
        long[] turns = await EnterAsync(32);
        var first = _limit.EnterAsync(isAgain: false, Cancellation).AsTask();
        var again = _limit.EnterAsync(isAgain: true, Cancellation).AsTask();

        _limit.Leave(turns[0], RequestOutcome.Failure);
        await again;
        Assert.False(first.IsCompleted);

        _limit.Leave(turns[1], RequestOutcome.Failure);
        await first;
    }

    [Fact]
    public async Task A_wait_that_is_canceled_takes_no_turn()
    {
        long[] turns = await EnterAsync(32);
        using var cancel = new CancellationTokenSource();
        var canceled = _limit.EnterAsync(isAgain: false, cancel.Token).AsTask();
        var next = _limit.EnterAsync(isAgain: false, Cancellation).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        _limit.Leave(turns[0], RequestOutcome.Success);

        await next;
    }

    private async Task<long[]> EnterAsync(int requests)
    {
        long[] turns = new long[requests];
        for (int request = 0; request < requests; request++)
        {
            turns[request] = await _limit.EnterAsync(isAgain: false, Cancellation);
        }

        return turns;
    }

    private async Task SucceedAsync(int requests)
    {
        for (int request = 0; request < requests; request++)
        {
            _limit.Leave((await EnterAsync(1))[0], RequestOutcome.Success);
        }
    }
}
