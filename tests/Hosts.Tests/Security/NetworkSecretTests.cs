using System.Net;
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

/// <summary>
/// The network stack and servers repeat URLs with secrets in their messages; no log and no terminal shows them.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class NetworkSecretTests : IAsyncDisposable
{
    private const string Password = "hunter2/p%40ss";

    private readonly FakeS3 _server = new();
    private readonly Months _months = new();

    public async ValueTask DisposeAsync()
    {
        _months.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(
        "The proxy tunnel request to proxy 'http://user:password@proxy.local:3128/' failed with status code '407'.",
        "The proxy tunnel request to proxy 'http://***@proxy.local:3128/' failed with status code '407'.")]
    [InlineData(
        "https://user@host/path and http://:password@[::1]:80", "https://***@host/path and http://***@[::1]:80")]
    [InlineData("socks5://u:p@h, HTTP://U:P@H", "socks5://***@h, HTTP://***@H")]
    [InlineData("raw: http://user:a/b#c@d?e@host:80/", "raw: http://***@host:80/")]
    [InlineData("'http://user:pass word@host' is not an endpoint URL.", "'http://***@host' is not an endpoint URL.")]
    [InlineData("{\"url\":\"http://host:9000\",\"mail\":\"a@b\"}", "{\"url\":\"http://host:9000\",\"mail\":\"a@b\"}")]
    [InlineData("http://host:9000/, mail to a@b", "http://host:9000/, mail to a@b")]
    [InlineData("s3://bucket/user@example.com/x", "s3://bucket/user@example.com/x")]
    [InlineData("s3://bucket/http://u:p@host", "s3://bucket/http://***@host")]
    [InlineData(
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F2024&X-Amz-Expires=60"
        + "&X-Amz-Security-Token=Fwo%2BG&X-Amz-Signature=abc123",
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=***&X-Amz-Expires=60"
        + "&X-Amz-Security-Token=***&X-Amz-Signature=***")]
    [InlineData(
        "https://b/k?AWSAccessKeyId=AKIA&Expires=1&Signature=vjby%2F=",
        "https://b/k?AWSAccessKeyId=***&Expires=1&Signature=***")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=AKIA/2024/s3/aws4_request, SignedHeaders=host, Signature=abc",
        "AWS4-HMAC-SHA256 Credential=***, SignedHeaders=host, Signature=***")]
    [InlineData("x-amz-security-token: Fwo+G/x== refused", "x-amz-security-token: *** refused")]
    [InlineData("://@ a://", "://***@ a://")]
    [InlineData("", "")]
    public void A_message_keeps_all_but_the_secrets_of_its_URLs(string message, string clean)
    {
        Assert.Equal(clean, Secrets.RemoveFrom(message));
        Assert.Equal(clean, Secrets.RemoveFrom(clean));
    }

    [Fact]
    public void A_cause_that_tells_a_secret_is_replaced_by_what_else_it_says()
    {
        var cause = Caught(new HttpRequestException("refused by http://user:hunter2@host"));

        var failure = new AggregationException($"s3://b/k: {cause.Message}", cause);

        Assert.Equal("s3://b/k: refused by http://***@host", failure.Message);
        Assert.Equal(
            ("refused by http://***@host", cause.StackTrace),
            (failure.InnerException!.Message, failure.InnerException.StackTrace));
        Assert.Contains(
            $"{nameof(HttpRequestException)}: refused by http://***@host", failure.ToString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        var harmless = Caught(new IOException("disk full"));
        Assert.Same(harmless, new AggregationException("x", harmless).InnerException);
    }

    [Fact]
    public async Task The_function_neither_logs_nor_reports_the_password_of_a_proxy()
    {
        using var output = new MemoryStream();
        using var client = new AmazonS3Client("AKIA", "s", new AmazonS3Config
        {
            ServiceURL = "https://s3.example",
            MaxErrorRetry = 0,
            HttpClientFactory = new RefusingProxy(),
        });
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

        var failure = await Assert.ThrowsAsync<AggregationException>(() =>
            new Handler(settings, store, store, TimeProvider.System, output).HandleAsync(body, new FakeContext()));

        // Lambda reports the chain of causes.
        string log = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("\"exception\":", log, StringComparison.Ordinal);
        Assert.Contains(
            "proxy 'http://***@proxy.local:3128/' failed with status code '407'", log, StringComparison.Ordinal);
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            Assert.DoesNotContain("hunter2", cause.Message + cause, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--verbose")]
    [InlineData("--json")]
    public async Task The_command_line_does_not_print_the_password_of_a_proxy(string option)
    {
        _server.Intercept = _ => new FakeAnswer(407) { Headers = { ["Proxy-Authenticate"] = "Basic realm=\"proxy\"" } };
        string proxy = _server.EndpointUrl.Replace("http://", $"http://user:{Password}@", StringComparison.Ordinal);

        var run = await CommandLineRun.OfAsync(
            [.. TestCredentials.Variables, ("HTTPS_PROXY", proxy), ("AWS_MAX_ATTEMPTS", "1")],
            Aggregate("https://s3.example", option));

        Assert.NotEmpty(_server.Requests);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("***@", run.Error, StringComparison.Ordinal);
        Assert.Contains("407", run.Error, StringComparison.Ordinal);
        Assert.Equal(option == "--json", run.Output.Contains("\"error\":", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:hunter2@127.0.0.1:1")]
    [InlineData("http://user:hunter2 @127.0.0.1:1:1")]
    [InlineData("ftp://user:hunter2@host")]
    public async Task The_command_line_does_not_print_the_password_of_an_endpoint(string url)
    {
        var run = await CommandLineRun.OfAsync(
            [.. TestCredentials.Variables, ("AWS_MAX_ATTEMPTS", "1")], Aggregate(url, "--verbose"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_does_not_print_the_signature_of_a_URL_that_a_server_repeats()
    {
        const string url = "https://fake.example/k?X-Amz-Credential=AKIAHUNTER2&amp;X-Amz-Security-Token=hunter2"
            + "&amp;X-Amz-Signature=hunter2";
        _server.Intercept = _ =>
            new FakeAnswer(418, $"<Error><Code>Teapot</Code><Message>refused: {url}</Message></Error>");

        var run = await CommandLineRun.OfAsync(TestCredentials.Variables, Aggregate(_server.EndpointUrl, "--verbose"));

        Assert.Contains(
            "https://fake.example/k?X-Amz-Credential=***&X-Amz-Security-Token=***&X-Amz-Signature=***",
            run.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.OrdinalIgnoreCase);
    }

    private string[] Aggregate(string endpointUrl, string option) =>
        [
            "aggregate", "--source", "s3://fake/p", "--destination", _months.Destination, "--month", "2024-02",
            "--endpoint-url", endpointUrl, "--path-style", option,
        ];

    private static T Caught<T>(T exception)
        where T : Exception
    {
        try
        {
            throw exception;
        }
        catch (T caught)
        {
            return caught;
        }
    }

    /// <summary>Fails each request as .NET does when a proxy refuses the password.</summary>
    private sealed class RefusingProxy : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler());

        private sealed class Handler : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken) =>
                throw new HttpRequestException(
                    HttpRequestError.ProxyTunnelError,
                    "The proxy tunnel request to proxy 'http://user:hunter2@proxy.local:3128/' "
                    + "failed with status code '407'.",
                    null, HttpStatusCode.ProxyAuthenticationRequired);
        }
    }
}
