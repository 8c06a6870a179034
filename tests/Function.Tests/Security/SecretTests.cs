using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Storage;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Security;

/// <summary>Credentials are in no line of a log or terminal, whatever S3 answers.</summary>
public sealed class SecretTests : IAsyncDisposable
{
    private const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string SessionToken = "FwoGZXIvYXdzEXAMPLETOKEN";

    private static readonly (string, string)[] Credentials =
        [("AWS_ACCESS_KEY_ID", KeyId), ("AWS_SECRET_ACCESS_KEY", SecretKey), ("AWS_SESSION_TOKEN", SessionToken), ("AWS_REGION", "eu-central-1"), ("AWS_MAX_ATTEMPTS", "1")];

    private readonly FakeS3 _s3 = new();

    public static TheoryData<int, string> Refusals => new()
    {
        { 403, "AccessDenied" }, { 403, "SignatureDoesNotMatch" }, { 403, "InvalidAccessKeyId" }, { 400, "ExpiredToken" }, { 400, "InvalidToken" }, { 418, "Teapot" }, { 0, "" },
    };

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_function_logs_no_credentials(int status, string code)
    {
        Refuse(status, code);
        using var output = new MemoryStream();
        using var client = new AmazonS3Client(
            new SessionAWSCredentials(KeyId, SecretKey, SessionToken),
            new AmazonS3Config { ServiceURL = _s3.EndpointUrl, ForcePathStyle = true, MaxErrorRetry = 0 });
        var store = new S3Store(client, FakeS3.Bucket, "p/");
        var settings = new Settings { SourceBucket = "", SourcePrefix = "", DestinationBucket = "", DestinationPrefix = "", LogLevel = LogLevel.Trace };
        using var body = new MemoryStream("""{"month":"2024-02"}"""u8.ToArray());

        var failure = await Assert.ThrowsAsync<AggregationException>(() => new Handler(settings, store, store, TimeProvider.System, output).HandleAsync(body, new FakeContext()));

        string log = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("s3://fake/p/2024/02/: ", log, StringComparison.Ordinal);
        AssertNoSecret(log + failure);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_command_line_prints_no_credentials(int status, string code)
    {
        Refuse(status, code);

        var run = await CommandLineRun.OfAsync(
            Credentials,
            ["aggregate", "--source", "s3://fake/p", "--destination", "s3://fake/p", "--month", "2024-02", "--endpoint-url", _s3.EndpointUrl, "--path-style", "--verbose"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("s3://fake/p/2024/02/: ", run.Error, StringComparison.Ordinal);
        AssertNoSecret(run.Output + run.Error);
    }

    /// <summary>As S3 does, the answer repeats what it was sent.</summary>
    private void Refuse(int status, string code) => _s3.Intercept = request =>
    {
        Assert.Contains(KeyId, request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal(SessionToken, request.Headers["x-amz-security-token"]);
        return status == 0 ? FakeAnswer.Dropped : FakeAnswer.Error(status, code, $"<AWSAccessKeyId>{KeyId}</AWSAccessKeyId><Token-0>{SessionToken}</Token-0><StringToSign>AWS4-HMAC-SHA256</StringToSign>");
    };

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(SecretKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionToken, text, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyId, text, StringComparison.Ordinal);
    }
}
