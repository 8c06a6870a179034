using System.Net;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// Errors that only the text of a message identifies, in the observed wording, and what the operator reads.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class S3QuirkTests : IAsyncDisposable
{
    private const string Uri = "s3://b/k";

    private readonly FakeS3 _s3 = new();
    private readonly Months _months = new();

    public async ValueTask DisposeAsync()
    {
        _months.Dispose();
        await _s3.DisposeAsync();
    }

    [Theory]
    [InlineData("Expected hash not equal to calculated hash", "its bytes do not have the checksum that S3 keeps. ")]
    [InlineData(
        "Failed to resolve AWS credentials. The credential providers used to search for credentials returned the "
        + "following errors:\n\nException 1 of 4: x",
        "no AWS credentials. Set AWS_PROFILE, ")]
    [InlineData("something else", "the request could not be sent: something else")]
    public void The_SDKs_own_failures(string message, string says) =>
        Assert.StartsWith(
            $"{Uri}: {says}", S3Error.Of(Uri, "s3:GetObject", new AmazonClientException(message)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "InvalidRequest", 400,
        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock parameters",
        "the bucket has Object Lock, so each upload needs a checksum, and with --endpoint-url the tool sends none. "
        + "Set AWS_ENDPOINT_URL_S3")]
    [InlineData(
        "InvalidRequest", 400,
        "Content-MD5 HTTP header is required for Put Object requests with Object Lock parameters",
        "the bucket has Object Lock, ")]
    [InlineData(
        "InvalidRequest", 400, "Missing required header", "S3 answered 400 InvalidRequest: Missing required header")]
    [InlineData(
        "AccessDenied", 403, "Bucket is a requester pays bucket",
        "the bucket is a Requester Pays bucket of another account, which is not supported. ")]
    [InlineData(
        "AccessDenied", 403, "Access Denied",
        "access denied. The role or user needs s3:GetObject on it, s3:ListBucket on the bucket, and kms:Decrypt if it "
        + "is encrypted with a KMS key. A Requester Pays bucket of another account is not supported. ")]
    public void Answers_of_S3(string code, int status, string message, string says)
    {
        var answer = new AmazonS3Exception(message, ErrorType.Sender, code, "id", (HttpStatusCode)status);

        Assert.StartsWith($"{Uri}: {says}", S3Error.Of(Uri, "s3:GetObject", answer).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot", true)]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: PartialChain", true)]
    [InlineData(
        "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
        false)]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", false)]
    public void Certificates(string message, bool isUnknownAuthority)
    {
        var failure = new HttpRequestException(
            "The SSL connection could not be established, see inner exception.", new AuthenticationException(message));

        string said = S3Error.Of(Uri, "s3:GetObject", failure).Message;

        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Equal(isUnknownAuthority, said.Contains("Set SSL_CERT_FILE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bucket_with_Object_Lock_is_written_the_way_that_the_message_names()
    {
        _months.WithEveryKindOfLine();
        _s3.Intercept = request => request.Operation switch
        {
            "List" => new FakeAnswer(200, "<ListBucketResult></ListBucketResult>"),
            "Part" when !request.Headers.ContainsKey("x-amz-checksum-crc32") => new FakeAnswer(
                400,
                "<Error><Code>InvalidRequest</Code><Message>Content-MD5 OR x-amz-checksum- HTTP header is required for "
                + "Put Part requests with Object Lock parameters</Message></Error>"),
            _ => null,
        };
        string[] aggregate =
        [
            "aggregate", "--source", _months.Source, "--destination", "s3://fake/p", "--month", "2024-02",
            "--path-style",
        ];
        (string, string)[] environment = [.. TestCredentials.Variables, ("AWS_REGION", "us-east-1")];

        var refused = await CommandLineRun.OfAsync(environment, [.. aggregate, "--endpoint-url", _s3.EndpointUrl]);
        var written = await CommandLineRun.OfAsync(
            [.. environment, ("AWS_ENDPOINT_URL_S3", _s3.EndpointUrl)], aggregate);

        Assert.Equal(1, refused.ExitCode);
        Assert.EndsWith(
            ": the bucket has Object Lock, so each upload needs a checksum, and with --endpoint-url the tool sends "
            + "none. Set AWS_ENDPOINT_URL_S3 to the address and omit --endpoint-url: then the tool sends checksums.",
            Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal((0, ""), (written.ExitCode, string.Concat(written.ErrorLines)));
        Assert.Contains("p/2024/02/000000.parquet", _s3.Objects.Keys);
    }
}
