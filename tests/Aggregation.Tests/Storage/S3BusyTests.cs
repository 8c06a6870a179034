using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>A server that gets more reads and listings than it takes: they are sent again, more slowly.</summary>
public sealed class S3BusyTests : IAsyncDisposable
{
    private readonly FakeS3 _s3 = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(503, "Unheard")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(400, "ThrottlingException")]
    [InlineData(400, "KMS.ThrottlingException")]
    public async Task Reads_and_listings_are_sent_again_until_the_server_takes_them(int status, string code)
    {
        var store = _s3.ToolStore();
        var source = _s3.Put("k", [1, 2, 3]);
        int refusals = 0;
        _s3.Intercept = _ => _s3.Requests.Count % 6 > 0 ? Refused() : null;

        Assert.Equal([1, 2, 3], await store.BytesAsync(source));
        Assert.Equal([source], await store.ListedAsync(""));
        await store.ReadRangeAsync(source, 1, new byte[1], Cancellation);

        Assert.Equal(3 * 5, refusals);
        Assert.Equal(refusals, store.Retries);
        Assert.Equal(refusals, store.Pace.SentAgain);

        FakeAnswer Refused()
        {
            refusals++;
            return FakeAnswer.Error(status, code);
        }
    }

    [Theory]
    [InlineData("List", "s3://fake/p/2024/: S3 is too busy, several times (SlowDown). Start again later.")]
    [InlineData("Get", "s3://fake/p/k: S3 is too busy, several times (SlowDown). Start again later.")]
    public async Task A_server_that_takes_no_request_at_all_is_said_so_after_a_while(string operation, string message)
    {
        var store = _s3.ToolStore();
        var source = _s3.Put("k", [1, 2, 3]);
        _s3.Intercept = _ => FakeAnswer.Error(503, "SlowDown");

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => operation == "List" ? store.ListedAsync("2024/") : store.BytesAsync(source));

        Assert.Equal(message, failure.Message);
        Assert.InRange(_s3.Requests.Count, 3, 200);
        Assert.Equal(_s3.Requests.Count - 1, store.Retries);
    }

    [Fact]
    public async Task A_request_waits_for_as_long_as_the_server_takes_any_other()
    {
        var store = _s3.ToolStore();
        var refused = _s3.Put("refused", [1, 2, 3]);
        var taken = _s3.Put("taken", [4]);
        int refusals = 200;
        _s3.Intercept = request =>
            request.Key == "p/refused" && refusals-- > 0 ? FakeAnswer.Error(503, "SlowDown") : null;

        var waiting = store.BytesAsync(refused);
        while (!waiting.IsCompleted)
        {
            Assert.Equal([4], await store.BytesAsync(taken));
        }

        Assert.Equal([1, 2, 3], await waiting);
    }

    [Fact]
    public async Task The_wait_for_a_busy_server_ends_when_it_is_canceled()
    {
        var store = new S3Store(_s3.ToolStore().Client, FakeS3.Bucket, "p/") { ResumeDelay = TimeSpan.FromDays(1) };
        using var cancel = new CancellationTokenSource();
        _s3.Intercept = _ => FakeAnswer.Error(503, "SlowDown");
        var waiting = store.OpenAsync(_s3.Put("k", [1]), cancel.Token);
        while (_s3.Requests.IsEmpty)
        {
            await Task.Delay(1, Cancellation);
        }

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Hundreds_of_connections_that_break_together_are_replaced()
    {
        var store = _s3.ToolStore();
        var sources = Enumerable.Range(0, 300)
            .Select(number => _s3.Put(number.ToString(CultureInfo.InvariantCulture), [(byte)number])).ToList();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);

        // .NET itself sends a request three times, and the SDK does so for each of two stale connections.
        _s3.Intercept = request =>
            seen.AddOrUpdate(request.Key, 1, (_, times) => times + 1) <= 16 ? FakeAnswer.Dropped : null;

        byte[][] read = await Task.WhenAll(sources.Select(source => store.BytesAsync(source)));

        Assert.Equal(
            Enumerable.Range(0, 300).Select(number => (byte)number), read.Select(bytes => Assert.Single(bytes)));
        Assert.True(store.Retries > 300, $"{store.Retries} retries");
    }
}
