using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>The parts of an upload: how many at a time, and what happens when one fails.</summary>
public sealed class S3UploadTests : IAsyncDisposable
{
    private const string KmsKey = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-0123456789abcdef";

    private readonly FakeS3 _s3 = new();
    private readonly byte[] _part = new byte[S3Store.UploadPartBytes(1)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Fact]
    public void Ten_thousand_parts_hold_more_than_any_month()
    {
        long[] sizes = [.. Enumerable.Range(1, 10_000).Select(number => (long)S3Store.UploadPartBytes(number))];

        Assert.Equal(300_000L << 20, sizes.Sum());
        Assert.Equal(8 << 20, sizes[2_499]);
        Assert.Equal(16 << 20, sizes[2_500]);
        Assert.Equal(64 << 20, sizes.Max());
    }

    [Fact]
    public async Task Nothing_is_sent_before_a_part_is_full()
    {
        await using var staged = _s3.Store().Stage("k", "text/plain", Cancellation);

        staged.Content.Write(_part, 0, _part.Length - 1);
        int before = _s3.Requests.Count;
        staged.Content.Write(_part, 0, 1);
        await staged.CompleteAsync(null, Cancellation);

        Assert.Equal(0, before);
        Assert.Equal(["Initiate", "Part", "Head", "Complete"], _s3.Requests.Select(request => request.Operation));
    }

    [Theory]
    [InlineData("AES256", "AES256", null)]
    [InlineData("aws:kms", "aws:kms", null)]
    [InlineData("aws:kms:" + KmsKey, "aws:kms", KmsKey)]
    [InlineData("", null, null)]
    public async Task The_start_of_an_upload_names_the_encryption_and_a_part_does_not(
        string text, string? method, string? key)
    {
        _ = S3UploadEncryption.TryParse(text, out var encryption);
        await using var staged = _s3.Store(encryption: encryption).Stage("k", "text/plain", Cancellation);

        staged.Content.Write("x"u8);
        await staged.CompleteAsync(null, Cancellation);

        Assert.Equal([(method, key)], EncryptionOf("Initiate"));
        Assert.Equal([(null, null)], EncryptionOf("Part"));

        IEnumerable<(string?, string?)> EncryptionOf(string operation) =>
            _s3.Requests.Where(request => request.Operation == operation).Select(request => (
                request.Headers.GetValueOrDefault("x-amz-server-side-encryption"),
                request.Headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id")));
    }

    [Theory]
    [InlineData("aes256")]
    [InlineData("aws:kms:dsse")]
    [InlineData("aws:kms:")]
    [InlineData("aws:kms:alias/monthly")]
    [InlineData("aws:kms:arn:aws:kms:us-east-1:123456789012:alias/monthly")]
    [InlineData("aws:kms:arn:aws:kms:us-east-1:123456789012:key/a\n")]
    public void An_encryption_has_one_of_three_forms(string text) =>
        Assert.False(S3UploadEncryption.TryParse(text, out _));

    [Fact]
    public async Task A_part_goes_with_its_CRC_32()
    {
        await using var staged = _s3.Store().Stage("k", "text/plain", Cancellation);

        staged.Content.Write("123456789"u8);
        await staged.CompleteAsync(null, Cancellation);

        // CBF43926, the published check value of CRC-32 for these digits.
        Assert.Equal(
            "y/Q5Jg==",
            Assert.Single(_s3.Requests, request => request.Operation == "Part").Headers["x-amz-checksum-crc32"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_waits_while_the_allowed_number_of_parts_is_on_its_way(int parallelParts)
    {
        var answer = new TaskCompletionSource();
        _s3.Intercept = request => request.Operation == "Part" ? _s3.Usual(request) with { After = answer.Task } : null;
        await using var staged = _s3.Store(parallelParts).Stage("k", "text/plain", Cancellation);

        var writing = Task.Run(() =>
        {
            for (int part = 0; part < 5; part++)
            {
                staged.Content.Write(_part);
            }
        }, Cancellation);
        while (_s3.Count("Part") < parallelParts)
        {
            await Task.Delay(20, Cancellation);
        }

        var first = await Task.WhenAny(writing, Task.Delay(300, Cancellation));
        int sent = _s3.Count("Part");
        answer.SetResult();
        await writing;
        await staged.CompleteAsync(null, Cancellation);

        Assert.NotSame(writing, first);
        Assert.Equal(parallelParts, sent);
        Assert.Equal(5, _s3.Count("Part"));
    }

    [Theory]
    [InlineData("Part")]
    [InlineData("Initiate")]
    public async Task A_part_that_fails_fails_the_next_writes_and_the_completion(string operation)
    {
        _s3.Intercept = request => request.Operation == operation ? FakeAnswer.Error(403, "AccessDenied") : null;
        await using (var staged = _s3.Store().Stage("k", "text/plain", Cancellation))
        {
            var written = Assert.Throws<AggregationException>(() =>
            {
                for (int part = 0; part < 50; part++)
                {
                    staged.Content.Write(_part);
                }
            });
            var again = Assert.Throws<AggregationException>(() => staged.Content.Write(_part));
            var completed = await Assert.ThrowsAsync<AggregationException>(
                () => staged.CompleteAsync(null, Cancellation));

            Assert.StartsWith(
                "s3://fake/p/k: access denied. The role or user needs s3:PutObject", written.Message,
                StringComparison.Ordinal);
            Assert.Same(written, again);
            Assert.Same(written, completed);
        }

        Assert.Empty(_s3.Uploads);
        Assert.Equal(0, _s3.Count("Complete"));
    }

    [Fact]
    public async Task An_abort_waits_for_the_parts_on_their_way()
    {
        var answer = new TaskCompletionSource();
        _s3.Intercept = request => request.Operation == "Part" ? _s3.Usual(request) with { After = answer.Task } : null;
        var staged = _s3.Store().Stage("k", "text/plain", Cancellation);
        staged.Content.Write(_part);

        var aborting = staged.DisposeAsync().AsTask();
        await Task.Delay(500, Cancellation);
        int abortsBefore = _s3.Count("Abort");
        answer.SetResult();
        await aborting;

        Assert.Equal(0, abortsBefore);
        Assert.Equal("Abort", _s3.Requests.Last().Operation);
        Assert.Empty(_s3.Uploads);
    }

    [Fact]
    public async Task An_abort_that_fails_does_not_hide_the_first_cause()
    {
        _s3.Intercept = request => request.Operation switch
        {
            "Abort" => FakeAnswer.Error(500, "InternalError"),
            "Complete" => FakeAnswer.Error(400, "EntityTooSmall"),
            _ => null,
        };

        var error = await Assert.ThrowsAsync<AggregationException>(async () =>
        {
            await using var staged = _s3.Store().Stage("k", "text/plain", Cancellation);
            await staged.CompleteAsync(null, Cancellation);
        });

        Assert.Contains("EntityTooSmall", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _s3.Count("Abort"));
    }
}
