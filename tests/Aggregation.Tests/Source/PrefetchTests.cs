using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Source;
using Xunit;

namespace CloudTrailAggregation.Tests.Source;

/// <summary>What is requested ahead of the reader, and what becomes of it.</summary>
public sealed class PrefetchTests
{
    private readonly HeldStore _store = new();

    [Fact]
    public async Task The_reader_gets_the_objects_in_order_whatever_the_order_of_the_answers()
    {
        const int Count = 2_000;
        var random = new Random(20240229);
        await using var prefetch = PrefetchOf(Count, size: 10);
        for (int place = 0; place < Count; place++)
        {
            var opening = prefetch.OpenAsync(place);
            while (!opening.IsCompleted && _store.Held.Length > 0)
            {
                int[] held = _store.Held;
                _store.Answer(held[random.Next(held.Length)], size: 10);
                await Task.Yield();
            }

            await using var stream = await opening;
            Assert.Equal(Enumerable.Repeat((byte)place, 10), BytesOf(stream));
        }

        Assert.Equal(Enumerable.Range(0, Count), _store.Asked);
        Assert.Equal(0, _store.Open);
    }

    [Fact]
    public async Task A_store_that_keeps_the_reader_waiting_gets_more_requests_up_to_a_limit()
    {
        await using var prefetch = PrefetchOf(5_000, size: 10);
        int most = 0;
        for (int place = 0; place < 1_000; place++)
        {
            var opening = prefetch.OpenAsync(place);
            most = Math.Max(most, _store.Held.Length);
            Assert.True(place > 0 || most == 1 + Prefetch.InFlightAtFirst);
            _store.Answer(place, size: 10);
            await using var stream = await opening;
        }

        Assert.Equal(Prefetch.MaxInFlight, most);
    }

    [Fact]
    public async Task A_store_that_never_keeps_the_reader_waiting_is_read_a_few_objects_ahead()
    {
        await using var prefetch = PrefetchOf(5_000, size: 10);
        var first = prefetch.OpenAsync(0);
        for (int place = 0; place < 1_000; place++)
        {
            var opening = place == 0 ? first : prefetch.OpenAsync(place);
            foreach (int held in _store.Held)
            {
                _store.Answer(held, size: 10);
            }

            await using var stream = await opening;
            Assert.Empty(_store.Held);
            Assert.Equal(place + 1 + Prefetch.InFlightAtFirst, _store.Asked.Count);
        }
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3 << 20)]
    [InlineData((4 << 20) + 1)]
    [InlineData(10 << 20)]
    public async Task The_bytes_ahead_are_bounded_except_for_a_single_object(int size)
    {
        await using var prefetch = PrefetchOf(300, size);
        int most = 0;
        for (int place = 0; place < 200; place++)
        {
            var opening = prefetch.OpenAsync(place);
            most = Math.Max(most, _store.Asked.Count - place - 1);
            _store.Answer(place, size: 0);
            await using var stream = await opening;
        }

        Assert.Equal(Math.Max(1, Prefetch.MaxBytesAhead / size), most);
    }

    /// <summary>Nothing else is there to read, so the reader does not wait for its last byte.</summary>
    [Theory]
    [InlineData(1 << 20, false, true)]
    [InlineData((1 << 20) + 1, false, false)]
    [InlineData((1 << 20) + 1, true, true)]
    public async Task The_first_object_is_read_while_it_arrives_if_it_is_large_and_read_once(
        int size, bool isReadTwice, bool isFetchedWhole)
    {
        await using var prefetch = PrefetchOf(10, size, isReadTwice);
        for (int place = 0; place < 2; place++)
        {
            var opening = prefetch.OpenAsync(place);
            _store.Answer(place, size);
            await using var stream = await opening;

            Assert.Equal(isFetchedWhole || place > 0, stream is PooledStream);
            Assert.Equal(size, BytesOf(stream).Length);
        }
    }

    [Fact]
    public async Task A_large_object_is_opened_when_its_turn_comes_and_nothing_behind_it_before()
    {
        await using var prefetch = new Prefetch(
            _store,
            10,
            place => HeldStore.ObjectAt(place, place == 3 ? Prefetch.MaxFetchedBytes + 1 : 10),
            TestContext.Current.CancellationToken);
        _ = prefetch.OpenAsync(0);
        Assert.Equal([0, 1, 2], _store.Asked);

        var opening = prefetch.OpenAsync(3);
        Assert.Equal(Enumerable.Range(0, 10), _store.Asked);
        _store.Answer(3, size: 1);
        await using var stream = await opening;

        Assert.IsNotType<PooledStream>(stream);
    }

    [Fact]
    public async Task The_failure_of_an_object_is_that_of_its_turn_and_ends_the_requests_ahead()
    {
        await using var prefetch = PrefetchOf(1_000, size: 10);
        var first = prefetch.OpenAsync(0);
        _store.Fail(5, new AggregationException("5 failed"));
        _store.Fail(3, new AggregationException("3 failed"));
        int asked = _store.Asked.Count;
        foreach (int place in (int[])[4, 2, 1, 0])
        {
            _store.Answer(place, size: 10);
        }

        (await first).Dispose();
        (await prefetch.OpenAsync(1)).Dispose();
        (await prefetch.OpenAsync(2)).Dispose();
        var failure = await Assert.ThrowsAsync<AggregationException>(() => prefetch.OpenAsync(3));

        Assert.Equal("3 failed", failure.Message);
        Assert.Equal(asked, _store.Asked.Count);
    }

    [Fact]
    public async Task Several_readers_take_the_objects_in_turns()
    {
        const int Count = 40;
        await using var prefetch = PrefetchOf(Count, Prefetch.MaxBytesAhead);
        for (int place = 0; place < Count; place += 2)
        {
            var second = prefetch.OpenAsync(place + 1);
            var first = prefetch.OpenAsync(place);
            _store.Answer(place + 1, size: 10);
            _store.Answer(place, size: 10);
            await using var firstStream = await first;
            await using var secondStream = await second;
            Assert.Equal(Enumerable.Repeat((byte)place, 10), BytesOf(firstStream));
            Assert.Equal(Enumerable.Repeat((byte)(place + 1), 10), BytesOf(secondStream));
        }
    }

    [Fact]
    public async Task Disposing_ends_the_requests_in_flight_and_disposes_what_nobody_took()
    {
        var prefetch = PrefetchOf(1_000, size: 10);
        var opening = prefetch.OpenAsync(5);
        _store.Answer(7, size: 10);
        _store.Answer(6, size: 10);
        int asked = _store.Asked.Count;
        Assert.NotEmpty(_store.Held);

        await prefetch.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(0, _store.Open);
        Assert.Equal(asked, _store.Asked.Count);
        Assert.DoesNotContain(4, _store.Asked);
    }

    [Fact]
    public async Task An_object_that_has_more_bytes_than_listed_is_not_fetched_beyond_the_first_of_them()
    {
        await using var prefetch = PrefetchOf(1, size: 10);
        var opening = prefetch.OpenAsync(0);
        _store.Answer(0, size: 1_000);

        await using var stream = await opening;

        Assert.Equal(11, stream.Length);
    }

    private Prefetch PrefetchOf(int count, long size, bool isReadTwice = false) =>
        new(_store, count, place => HeldStore.ObjectAt(place, size), TestContext.Current.CancellationToken)
        {
            IsReadTwice = isReadTwice,
        };

    private static byte[] BytesOf(Stream stream)
    {
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
