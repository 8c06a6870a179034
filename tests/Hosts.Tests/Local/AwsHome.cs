using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// A home directory with ~/.aws, and local servers for what a profile can use: STS, IAM Identity Center, the instance
/// metadata and S3. Each identity has a different access key, and the S3 server records the keys of its requests.
/// </summary>
internal sealed class AwsHome : IAsyncDisposable
{
    public const string StartUrl = "https://example.awsapps.com/start";

    private const string Expiration = "2099-01-01T00:00:00Z";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("aws-home-");
    private readonly FakeS3 _metadata = new();
    private readonly FakeS3 _s3 = new();

    public AwsHome()
    {
        Sts.Intercept = request => new FakeAnswer(
            200,
            AssumedRole(request.Headers.ContainsKey("Authorization") ? "AssumeRole" : "AssumeRoleWithWebIdentity"));
        Sso.Intercept = request => request.Headers["x-amz-sso_bearer_token"] == "sso-token"
            ? Json("""
                {"roleCredentials":
                {"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}
                """)
            : new FakeAnswer(401);
        _metadata.Intercept = MachineAnswer;
        _s3.Intercept = _ => new FakeAnswer(200, "<ListBucketResult></ListBucketResult>");
    }

    public FakeS3 Sts { get; } = new();

    public FakeS3 Sso { get; } = new();

    public string File(string name) => Path.Combine(_home.FullName, name);

    /// <summary>The text of ~/.aws/config.</summary>
    public void Configure(string config) =>
        Write(".aws/config", config.Replace("HOME", _home.FullName, StringComparison.Ordinal));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
    }

    /// <summary>
    /// Writes what <c>aws sso login</c> writes: a token in a file named by the hash of the session's name, or of the
    /// start URL in the older form.
    /// </summary>
    public void SignIn(string sessionOrUrl) => Write(
        $".aws/sso/cache/{Hash(sessionOrUrl)}.json",
        $$"""{"startUrl":"{{StartUrl}}","region":"eu-central-1","accessToken":"sso-token","expiresAt":"{{Expiration}}"}""");

    /// <summary>A command that lists a bucket, and the access keys that its requests used.</summary>
    public async Task<(CommandLineRun Run, string[] KeyIds, bool AskedMachine)> RunAsync(
        params (string, string)[] environment)
    {
        (string, string)[] all =
        [
            ("HOME", _home.FullName), ("AWS_REGION", "eu-central-1"), ("AWS_MAX_ATTEMPTS", "1"),
            ("AWS_ENDPOINT_URL_STS", Sts.EndpointUrl), ("AWS_ENDPOINT_URL_SSO", Sso.EndpointUrl),
            ("AWS_ENDPOINT_URL_SSO_OIDC", Sso.EndpointUrl),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", _metadata.EndpointUrl), .. environment,
        ];
        var run = await CommandLineRun.OfAsync(
            all, ["show", "s3://fake/p", "--endpoint-url", _s3.EndpointUrl, "--path-style"]);
        return (run, [.. _s3.Requests.Select(KeyId).Distinct(StringComparer.Ordinal)], !_metadata.Requests.IsEmpty);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(((FakeS3[])[Sts, Sso, _metadata, _s3]).Select(server => server.DisposeAsync().AsTask()));
        _home.Delete(recursive: true);
    }

    private static string KeyId(FakeRequest request) =>
        request.Headers["Authorization"].Split("Credential=")[1].Split('/')[0];

    private static FakeAnswer MachineAnswer(FakeRequest request) => request.Target.TrimEnd('/') switch
    {
        "/latest/api/token" => new FakeAnswer(200, "token"),
        "/latest/meta-data/iam/security-credentials" => new FakeAnswer(200, "machine-role"),
        "/latest/meta-data/iam/security-credentials/machine-role" => Json(
            $$"""
            {"Code":"Success","LastUpdated":"2024-01-01T00:00:00Z","Type":"AWS-HMAC",
            "AccessKeyId":"ASIAMACHINE","SecretAccessKey":"s","Token":"t","Expiration":"{{Expiration}}"}
            """),
        _ => new FakeAnswer(404),
    };

    private static FakeAnswer Json(string text) =>
        new(200, text) { Headers = { ["Content-Type"] = "application/json" } };

    private static string AssumedRole(string action) =>
        $"""
        <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
        <AssumedRoleUser>
        <Arn>arn:aws:sts::111122223333:assumed-role/audit/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId>
        </AssumedRoleUser>
        <Credentials>
        <AccessKeyId>ASIA{action.ToUpperInvariant()}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>{Expiration}</Expiration>
        </Credentials>
        </{action}Result></{action}Response>
        """;

#pragma warning disable CA5350 // The AWS CLI names the file by this hash.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
