using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>
/// A profile of ~/.aws is used as the AWS tools use it, or is an error: a command never runs as another identity.
/// </summary>
[Trait("Category", TestRun.CommandLine)]
public sealed class ProfileTests : IAsyncDisposable
{
    private static readonly (string, string)[] Keys =
        [("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"), ("AWS_SECRET_ACCESS_KEY", "s")];

    private readonly AwsHome _home = new();

    public ProfileTests() => _home.Configure($"""
        [profile keys]
        aws_access_key_id = AKIAKEYS
        aws_secret_access_key = s

        [profile role]
        role_arn = arn:aws:iam::111122223333:role/audit
        source_profile = keys

        [profile role-of-sso]
        role_arn = arn:aws:iam::111122223333:role/audit
        source_profile = sso

        [profile web]
        role_arn = arn:aws:iam::111122223333:role/audit
        web_identity_token_file = HOME/web-token

        [sso-session company]
        sso_start_url = {AwsHome.StartUrl}
        sso_region = eu-central-1
        sso_registration_scopes = sso:account:access

        [profile sso]
        sso_session = company
        sso_account_id = 111122223333
        sso_role_name = audit

        [profile sso-legacy]
        sso_start_url = {AwsHome.StartUrl}
        sso_region = eu-central-1
        sso_account_id = 111122223333
        sso_role_name = audit

        [profile process]
        credential_process = /bin/cat HOME/process.json

        [profile failing-process]
        credential_process = /bin/cat HOME/no-such-file

        [profile mfa]
        role_arn = arn:aws:iam::111122223333:role/audit
        source_profile = keys
        mfa_serial = arn:aws:iam::111122223333:mfa/alice

        [profile half]
        role_arn = arn:aws:iam::111122223333:role/audit

        [profile region-only]
        region = eu-central-1
        """);

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Theory]
    [InlineData("keys", "AKIAKEYS")]
    [InlineData("role", "ASIAASSUMEROLE")]
    [InlineData("role-of-sso", "ASIAASSUMEROLE")]
    [InlineData("web", "ASIAASSUMEROLEWITHWEBIDENTITY")]
    [InlineData("sso", "ASIASSO")]
    [InlineData("sso-legacy", "ASIASSO")]
    [InlineData("process", "AKIAPROCESS")]
    public async Task S3_is_asked_as_the_profile_says_whatever_else_there_is(string profile, string keyId)
    {
        _home.SignIn("company");
        _home.SignIn(AwsHome.StartUrl);
        _home.Write("web-token", "jwt");
        _home.Write("process.json", """{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}""");

        var (run, keyIds, _) = await _home.RunAsync([.. Keys, ("AWS_PROFILE", profile)]);

        Assert.Equal(
            "error: s3://fake/p: there is no file below it whose name ends in .parquet. "
            + "Correct the directory or prefix.",
            Assert.Single(run.ErrorLines));
        Assert.Equal([keyId], keyIds);
    }

    [Theory]
    [InlineData(
        "no-such-profile",
        "there is no profile of this name in ~/.aws/config and ~/.aws/credentials (or where AWS_CONFIG_FILE and "
        + "AWS_SHARED_CREDENTIALS_FILE point). Correct AWS_PROFILE.")]
    [InlineData("sso", "No valid SSO Token could be found. Sign in with aws sso login")]
    [InlineData("sso-legacy", "No valid SSO Token could be found. Sign in with aws sso login")]
    [InlineData("role-of-sso", "No valid SSO Token could be found. Correct role_arn and source_profile")]
    [InlineData(
        "role", "User: alice is not authorized to perform: sts:AssumeRole. Correct role_arn and source_profile")]
    [InlineData("web", "web-token")]
    [InlineData("failing-process", "no-such-file: No such file or directory")]
    [InlineData(
        "mfa", "a code of an MFA device, and this tool does not ask for one. Export the credentials of a session")]
    [InlineData("half", "Credential profile [half] is not valid")]
    [InlineData("region-only", "Credential profile [region-only] is not valid")]
    public async Task A_profile_that_cannot_be_used_is_an_error_and_never_somebody_else(string profile, string reason)
    {
        _home.Sts.Intercept = _ => new FakeAnswer(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: "
            + "alice is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>");

        var (run, keyIds, askedMachine) = await _home.RunAsync([.. Keys, ("AWS_PROFILE", profile)]);

        string error = Assert.Single(run.ErrorLines);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: profile {profile}: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.InRange(error.Length, 1, 600);
        Assert.Empty(keyIds);
        Assert.False(askedMachine);
    }

    [Fact]
    public async Task A_token_that_IAM_Identity_Center_refuses_is_an_error_with_its_reason()
    {
        _home.SignIn("company");
        _home.Sso.Intercept = _ => new FakeAnswer(401, """{"message":"Session token not found or invalid"}""")
        {
            Headers = { ["x-amzn-ErrorType"] = "UnauthorizedException" },
        };

        var (run, keyIds, askedMachine) = await _home.RunAsync(("AWS_PROFILE", "sso"));

        Assert.Contains(
            "Session token not found or invalid. Sign in with aws sso login", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
        Assert.Empty(keyIds);
        Assert.False(askedMachine);
    }

    [Fact]
    public async Task The_default_profile_is_not_passed_over_for_the_role_of_the_machine()
    {
        _home.Configure($"""
            [default]
            sso_start_url = {AwsHome.StartUrl}
            sso_region = eu-central-1
            sso_account_id = 111122223333
            sso_role_name = audit
            """);

        var (run, keyIds, askedMachine) = await _home.RunAsync();

        Assert.StartsWith(
            "error: profile default: it cannot be used: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(keyIds);
        Assert.False(askedMachine);
    }

    [Fact]
    public async Task The_web_identity_of_a_pod_is_not_passed_over_for_the_role_of_the_machine()
    {
        var (run, keyIds, askedMachine) = await _home.RunAsync(
            ("AWS_WEB_IDENTITY_TOKEN_FILE", _home.File("web-token")),
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/audit"), ("AWS_ROLE_SESSION_NAME", "audit"));

        Assert.StartsWith(
            "error: AWS_WEB_IDENTITY_TOKEN_FILE: it cannot be used: ", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
        Assert.Empty(keyIds);
        Assert.False(askedMachine);
    }

    [Fact]
    public async Task Without_a_profile_that_says_who_it_is_the_SDK_looks_elsewhere()
    {
        _home.Configure("[default]\nregion = eu-central-1\n");
        _home.Write("web-token", "jwt");

        var machine = await _home.RunAsync();
        var keys = await _home.RunAsync(Keys);
        var pod = await _home.RunAsync(
            ("AWS_WEB_IDENTITY_TOKEN_FILE", _home.File("web-token")),
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/audit"), ("AWS_ROLE_SESSION_NAME", "audit"));

        Assert.Equal(["ASIAMACHINE"], machine.KeyIds);
        Assert.Equal("AKIAENVIRONMENT", keys.KeyIds[^1]);
        Assert.Equal("ASIAASSUMEROLEWITHWEBIDENTITY", pod.KeyIds[^1]);
    }
}
