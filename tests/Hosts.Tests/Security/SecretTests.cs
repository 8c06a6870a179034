using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Storage;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Security;

/// <summary>No line of a log or terminal contains credentials, whatever S3 answers.</summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class SecretTests : IAsyncDisposable
{
    private const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string SessionToken = "FwoGZXIvYXdzEXAMPLETOKEN";

    private static readonly (string, string)[] Credentials =
        [
            ("AWS_ACCESS_KEY_ID", KeyId), ("AWS_SECRET_ACCESS_KEY", SecretKey), ("AWS_SESSION_TOKEN", SessionToken),
            ("AWS_REGION", "eu-central-1"), ("AWS_MAX_ATTEMPTS", "1"),
        ];

    private readonly FakeS3 _s3 = new();

    public static TheoryData<int, string> Refusals => new()
    {
        { 403, "AccessDenied" }, { 403, "SignatureDoesNotMatch" }, { 403, "InvalidAccessKeyId" },
        { 400, "ExpiredToken" }, { 400, "InvalidToken" }, { 418, "Teapot" }, { 0, "" },
    };

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_function_logs_no_credentials(int status, string code)
    {
        Refuse(status, code);
        using var output = new MemoryStream();

        var failure = await Assert.ThrowsAsync<AggregationException>(() => HandleAsync(output));

        string log = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("s3://fake/p/: ", log, StringComparison.Ordinal);
        AssertNoSecret(log + failure);
    }

    [Fact]
    public async Task The_function_logs_no_credentials_in_a_run_that_is_done_either()
    {
        Serve();
        using var output = new MemoryStream();

        string report = await HandleAsync(output);

        string log = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("2024-02 is done: 1 events of 2 records", log, StringComparison.Ordinal);
        Assert.Contains("2024-02 has 1 rejects", log, StringComparison.Ordinal);
        AssertNoSecret(log + report);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task The_command_line_prints_no_credentials_in_a_run_that_is_done_either(params string[] more)
    {
        Serve();

        var run = await CommandLineRun.OfAsync(Credentials, [.. Aggregate(), .. more]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("s3://fake/p/", run.Output, StringComparison.Ordinal);
        AssertNoSecret(run.Output + run.Error);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task The_command_line_prints_no_credentials(int status, string code)
    {
        Refuse(status, code);

        var run = await CommandLineRun.OfAsync(Credentials, Aggregate());

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("s3://fake/p/: ", run.Error, StringComparison.Ordinal);
        AssertNoSecret(run.Output + run.Error);
    }

    private string[] Aggregate() =>
        [
            "aggregate", "--source", "s3://fake/p", "--destination", "s3://fake/p", "--month", "2024-02",
            "--endpoint-url", _s3.EndpointUrl, "--path-style", "--verbose",
        ];

    /// <summary>A request for the month, with the log at the most verbose level.</summary>
    /// <returns>The report.</returns>
    private async Task<string> HandleAsync(MemoryStream output)
    {
        using var client = new AmazonS3Client(
            new SessionAWSCredentials(KeyId, SecretKey, SessionToken),
            new AmazonS3Config { ServiceURL = _s3.EndpointUrl, ForcePathStyle = true, MaxErrorRetry = 0 });
        var store = new S3Store(client, FakeS3.Bucket, "p/");
        var settings = new Settings
        {
            SourceBucket = "",
            SourcePrefix = "",
            DestinationBucket = "",
            DestinationPrefix = "",
            LogLevel = LogLevel.Trace,
        };
        using var body = new MemoryStream("""{"month":"2024-02"}"""u8.ToArray());

        var handler = new Handler(settings, store, store, TimeProvider.System, output);
        using var report = new StreamReader(await handler.HandleAsync(body, new FakeContext()));
        return await report.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>One source with an event and a reject. The answers repeat the credentials in their headers.</summary>
    private void Serve()
    {
        var source = _s3.Put("2024/02/01/a.ndjson", Encoding.UTF8.GetBytes(Months.Event(1) + "\na reject\n"));
        string listing =
            $"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/{source.Key}</Key>"
            + $"<Size>{source.Size}</Size><ETag>{source.ETag}</ETag></Contents></ListBucketResult>";
        _s3.Intercept = request =>
        {
            AssertSigned(request);
            var answer = request.Operation == "List" ? new FakeAnswer(200, listing) : _s3.Usual(request);
            answer.Headers["x-amz-request-id"] = $"{KeyId} {SessionToken}";
            return answer;
        };
    }

    /// <summary>As S3 does, the answer repeats parts of the request.</summary>
    private void Refuse(int status, string code) => _s3.Intercept = request =>
    {
        AssertSigned(request);
        return status == 0
            ? FakeAnswer.Dropped
            : FakeAnswer.Error(
                status, code,
                $"<AWSAccessKeyId>{KeyId}</AWSAccessKeyId><Token-0>{SessionToken}</Token-0>"
                + "<StringToSign>AWS4-HMAC-SHA256</StringToSign>");
    };

    private static void AssertSigned(FakeRequest request)
    {
        Assert.Contains(KeyId, request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal(SessionToken, request.Headers["x-amz-security-token"]);
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(SecretKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionToken, text, StringComparison.Ordinal);
        Assert.DoesNotContain(KeyId, text, StringComparison.Ordinal);
    }
}
