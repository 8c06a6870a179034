using System.Diagnostics;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>Reading over a network that fails, from a server that the test controls.</summary>
public sealed class S3ReadTests : IAsyncDisposable
{
    private readonly FakeS3 _s3 = new();
    private readonly S3Store _store;
    private readonly byte[] _bytes = new byte[100_000];
    private readonly StoredObject _source;

    public S3ReadTests()
    {
        new Random(1).NextBytes(_bytes);
        _store = _s3.Store();
        _source = _s3.Put("k", _bytes);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Theory]
    [InlineData("k.ndjson", null, "ENABLED")]
    [InlineData("k.ndjson.gz", "bytes=0-99999", null)]
    public async Task The_SDK_checks_what_has_no_checksum_of_its_own(string key, string? range, string? checksumMode)
    {
        byte[] read = await _store.BytesAsync(_s3.Put(key, _bytes));

        var request = Assert.Single(_s3.Requests);
        Assert.Equal(_bytes, read);
        Assert.Equal(range, request.Headers.GetValueOrDefault("Range"));
        Assert.Equal(checksumMode, request.Headers.GetValueOrDefault("x-amz-checksum-mode"));
    }

    [Fact]
    public async Task Of_an_empty_gzip_file_no_range_is_asked_for()
    {
        Assert.Empty(await _store.BytesAsync(_s3.Put("k.ndjson.gz", [])));

        Assert.False(Assert.Single(_s3.Requests).Headers.ContainsKey("Range"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_537)]
    [InlineData(99_999)]
    public async Task A_body_that_breaks_off_is_read_on_from_there(int cutAt)
    {
        CutBodies(times: 1, cutAt);

        byte[] read = await _store.BytesAsync(_source);

        Assert.Equal(_bytes, read);
        Assert.Equal(1, _store.ResumedReads);
        var resumed = _s3.Requests.Last();
        Assert.Equal(cutAt == 0 ? null : $"bytes={cutAt}-99999", resumed.Headers.GetValueOrDefault("Range"));
        Assert.Equal(_source.ETag, resumed.Headers["If-Match"]);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_read_on_in_synchronous_one_byte_reads()
    {
        CutBodies(times: 3, cutAt: 777);

        await using var stream = await _store.OpenAsync(_source, Cancellation);
        var read = new List<byte>();
        for (int b; (b = stream.ReadByte()) >= 0;)
        {
            read.Add((byte)b);
        }

        Assert.Equal(_bytes, read);
        Assert.Equal(3, _store.ResumedReads);
    }

    [Fact]
    public async Task A_body_breaks_off_five_times_and_is_given_up_the_sixth()
    {
        CutBodies(times: 5, cutAt: 1_000);
        Assert.Equal(_bytes, await _store.BytesAsync(_source));

        CutBodies(times: 6, cutAt: 1_000);
        var error = await Assert.ThrowsAsync<AggregationException>(() => _store.BytesAsync(_source));

        Assert.StartsWith(
            "s3://fake/p/k: its body broke off 6 times, the last time at byte 6000 of 100000", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(10, _store.ResumedReads);
    }

    [Fact]
    public async Task A_body_that_stalls_is_read_on()
    {
        StallFirstBody(cutAt: 10);
        var store = _s3.Store(idleMilliseconds: 1_000);

        Assert.Equal(_bytes, await store.BytesAsync(_source));
        Assert.Equal(1, store.ResumedReads);
    }

    /// <summary>A slow consumer is no slow network: the time counts while a read waits.</summary>
    [Fact]
    public async Task A_pause_of_the_reader_costs_no_request()
    {
        var store = _s3.Store(idleMilliseconds: 1_000);
        byte[] read = new byte[_bytes.Length];
        await using var stream = await store.OpenAsync(_source, Cancellation);

        for (int position = 0; position < read.Length; position += 50_000)
        {
            await stream.ReadExactlyAsync(read.AsMemory(position, 50_000), Cancellation);
            await Task.Delay(1_500, Cancellation);
        }

        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancellation));
        Assert.Equal(_bytes, read);
        Assert.Equal(0, store.ResumedReads);
    }

    [Fact]
    public async Task A_body_that_stalls_after_a_pause_of_the_reader_is_read_on()
    {
        StallFirstBody(cutAt: 10);
        var store = _s3.Store(idleMilliseconds: 1_000);
        byte[] read = new byte[_bytes.Length];
        await using var stream = await store.OpenAsync(_source, Cancellation);

        await stream.ReadExactlyAsync(read.AsMemory(0, 10), Cancellation);
        await Task.Delay(1_500, Cancellation);
        await stream.ReadExactlyAsync(read.AsMemory(10), Cancellation);

        Assert.Equal(_bytes, read);
        Assert.Equal(1, store.ResumedReads);
    }

    [Fact]
    public async Task A_range_that_breaks_off_is_read_on()
    {
        CutBodies(times: 1, cutAt: 100);
        byte[] range = new byte[1_000];

        await _store.ReadRangeAsync(_source, 5_000, range, Cancellation);

        Assert.Equal(_bytes[5_000..6_000], range);
        Assert.Equal(["bytes=5000-5999", "bytes=5100-5999"], _s3.Requests.Select(request => request.Headers["Range"]));
    }

    [Fact]
    public async Task An_object_that_was_changed_before_it_is_read_on_fails()
    {
        CutBodies(times: 1, cutAt: 50_000);
        await using var stream = await _store.OpenAsync(_source, Cancellation);
        await stream.ReadExactlyAsync(new byte[10], Cancellation);

        _s3.Put("k", new byte[100_000]);

        var error = await Assert.ThrowsAsync<ObjectChangedException>(
            () => stream.CopyToAsync(Stream.Null, Cancellation));
        Assert.StartsWith("s3://fake/p/k: it has changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_gone_before_it_is_read_on_fails()
    {
        CutBodies(times: 1, cutAt: 50_000);
        await using var stream = await _store.OpenAsync(_source, Cancellation);

        _s3.Objects.Clear();

        var error = await Assert.ThrowsAsync<ObjectChangedException>(
            () => stream.CopyToAsync(Stream.Null, Cancellation));
        Assert.StartsWith("s3://fake/p/k: it is gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_object_fails_on_a_server_that_ignores_conditions()
    {
        _s3.Put("k", _bytes);
        _s3.Intercept = request => _s3.Objects[request.Key].Answer(request.Headers.GetValueOrDefault("Range"));

        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => _store.OpenAsync(_source, Cancellation));

        Assert.StartsWith("s3://fake/p/k: it has changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_found_out()
    {
        _s3.Intercept = request => _s3.Objects[request.Key].Answer(range: null);

        var error = await Assert.ThrowsAsync<AggregationException>(
            () => _store.ReadRangeAsync(_source, 1, new byte[5], Cancellation));

        Assert.Contains("the server sends the whole object", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_read_ends_at_once()
    {
        _s3.Intercept = request => _s3.Usual(request) with { CutAt = 10, Stalls = true };
        using var cancel = new CancellationTokenSource();
        await using var stream = await _store.OpenAsync(_source, cancel.Token);
        var waited = Stopwatch.StartNew();

        cancel.CancelAfter(100);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.CopyToAsync(Stream.Null, cancel.Token));
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Equal(0, _store.ResumedReads);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        int busy = 2;
        _s3.Intercept = _ => busy-- > 0 ? FakeAnswer.Error(503, "SlowDown") : null;

        Assert.Equal(_bytes, await _s3.Store(tries: 3).BytesAsync(_source));
    }

    private void StallFirstBody(int cutAt)
    {
        int stalls = 1;
        _s3.Intercept = request => stalls-- > 0 ? _s3.Usual(request) with { CutAt = cutAt, Stalls = true } : null;
    }

    private void CutBodies(int times, int cutAt) =>
        _s3.Intercept = request => times-- > 0 ? _s3.Usual(request) with { CutAt = cutAt } : null;
}
