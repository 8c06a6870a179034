using Amazon.S3;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>A refusal by S3 is reported with the object, the cause and the remedy.</summary>
public sealed class S3ErrorTests : IAsyncDisposable
{
    private readonly FakeS3 _s3 = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Theory]
    [InlineData("List", "s3://fake/p/2024/: access denied. The role or user needs s3:ListBucket on the bucket fake")]
    [InlineData("Get", "s3://fake/p/k: access denied. The role or user needs s3:GetObject")]
    [InlineData("Part", "s3://fake/p/k: access denied. The role or user needs s3:PutObject")]
    [InlineData("Complete", "s3://fake/p/k: access denied. The role or user needs s3:PutObject")]
    [InlineData("Delete", "s3://fake/p/k: access denied. The role or user needs s3:DeleteObject")]
    public async Task Access_denied_names_the_missing_permission(string operation, string message)
    {
        _s3.Intercept = request => request.Operation == operation ? FakeAnswer.Error(403, "AccessDenied") : null;

        var error = await Assert.ThrowsAsync<AggregationException>(() => DoAsync(operation));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(404, "NoSuchBucket", "there is no such bucket")]
    [InlineData(400, "InvalidBucketName", "not a name a bucket can have")]
    [InlineData(400, "ExpiredToken", "Sign in again")]
    [InlineData(403, "InvalidAccessKeyId", "does not know these credentials")]
    [InlineData(403, "SignatureDoesNotMatch", "does not fit the access key")]
    [InlineData(403, "RequestTimeTooSkewed", "clock is wrong")]
    [InlineData(301, "PermanentRedirect", "another region than the request was sent to. Set SRC_REGION")]
    [InlineData(400, "AuthorizationHeaderMalformed", "another region than the request was sent to. Set SRC_REGION")]
    [InlineData(403, "InvalidObjectState", "Restore it")]
    [InlineData(503, "SlowDown", "Start again later")]
    [InlineData(418, "Teapot", "S3 answered 418 Teapot: as told")]
    public async Task Common_refusals_say_what_to_do(int status, string code, string says)
    {
        _s3.Intercept = _ => FakeAnswer.Error(status, code);

        var error = await Assert.ThrowsAnyAsync<AggregationException>(() => DoAsync("Get"));

        Assert.StartsWith("s3://fake/p/k: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "PermanentRedirect", "eu-west-3", "as told")]
    [InlineData(
        400, "AuthorizationHeaderMalformed", "eu-west-3", "the region 'us-east-1' is wrong; expecting 'eu-west-2'")]
    [InlineData(400, "AuthorizationHeaderMalformed", "", "the region 'us-east-1' is wrong; expecting 'eu-west-3'")]
    [InlineData(301, "MovedWithoutACode", "eu-west-3", "as told")]
    public async Task The_region_that_S3_names_is_quoted(int status, string code, string header, string message)
    {
        _s3.Intercept = _ => new FakeAnswer(status, $"<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        {
            Headers = { ["x-amz-bucket-region"] = header },
        };

        var error = await Assert.ThrowsAsync<AggregationException>(() => DoAsync("List"));

        Assert.StartsWith(
            "s3://fake/p/2024/: the bucket is in the region eu-west-3, and the request was sent to another one. "
            + "Set SRC_REGION ",
            error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "(--source-region, --destination-region; --region of show) to eu-west-3.", error.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("AWS_REGION", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_region_can_have_is_not_quoted()
    {
        _s3.Intercept = _ =>
            new FakeAnswer(301, "<Error><Code>PermanentRedirect</Code><Message>as told</Message></Error>")
            {
                Headers = { ["x-amz-bucket-region"] = "\e[2J" },
            };

        var error = await Assert.ThrowsAsync<AggregationException>(() => DoAsync("List"));

        Assert.Contains("to the bucket's region. (as told)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("List")]
    [InlineData("Get")]
    [InlineData("Complete")]
    [InlineData("Delete")]
    public async Task A_server_that_cannot_be_reached_is_said_so(string operation)
    {
        _s3.Intercept = _ => FakeAnswer.Dropped;

        var error = await Assert.ThrowsAsync<AggregationException>(() => DoAsync(operation));

        Assert.StartsWith("s3://fake/p/", error.Message, StringComparison.Ordinal);
        Assert.Contains("S3 cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_where_nobody_listens_is_said_so()
    {
        string url = _s3.EndpointUrl;
        await _s3.DisposeAsync();
        using var client = new AmazonS3Client(
            TestCredentials.Name, TestCredentials.Name,
            new AmazonS3Config { ServiceURL = url, ForcePathStyle = true, MaxErrorRetry = 0 });

        var error = await Assert.ThrowsAsync<AggregationException>(
            () => new S3Store(client, "fake", "").ListedAsync(""));

        Assert.StartsWith(
            "s3://fake/: S3 cannot be reached: Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_said_so()
    {
        _s3.Intercept = _ => new FakeAnswer(200) { After = Task.Delay(10_000, Cancellation) };
        using var client = new AmazonS3Client(TestCredentials.Name, TestCredentials.Name, new AmazonS3Config
        {
            ServiceURL = _s3.EndpointUrl,
            ForcePathStyle = true,
            MaxErrorRetry = 0,
            Timeout = TimeSpan.FromMilliseconds(200),
        });

        var error = await Assert.ThrowsAsync<AggregationException>(
            () => new S3Store(client, "fake", "").ListedAsync(""));

        Assert.Contains("S3 did not answer in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_no_error_on_any_server()
    {
        _s3.Intercept = _ => FakeAnswer.Error(404, "NoSuchKey");

        await _s3.Store().DeleteAsync("k", Cancellation);

        Assert.Equal(1, _s3.Count("Delete"));
    }

    private async Task DoAsync(string operation)
    {
        var store = _s3.Store();
        switch (operation)
        {
            case "List":
                await store.ListedAsync("2024/");
                break;
            case "Get":
                await store.BytesAsync(new StoredObject("k", 1, "\"e\""));
                break;
            case "Delete":
                await store.DeleteAsync("k", Cancellation);
                break;
            default:
                await using (var staged = store.Stage("k", "text/plain", Cancellation))
                {
                    await staged.CompleteAsync(null, Cancellation);
                }

                break;
        }
    }
}
