using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Internal;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local;

/// <summary>
/// The credentials for S3. The SDK skips a profile that it cannot use and takes the next identity that it finds, in the
/// end the role of the machine. Here a profile or a pod's web identity that was asked for is either used or an error.
/// </summary>
internal static class Identity
{
    private const string DefaultProfile = "default";
    private const string WebIdentityRemedy =
        "Correct the role's ARN, the token's file and the session's name, and the role's trust in the token's issuer.";

    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>Credentials that were fetched once; null if the SDK should look elsewhere.</returns>
    /// <exception cref="AggregationException">
    /// The identity that was asked for cannot be used; the message has the SDK's reason.
    /// </exception>
    public static AWSCredentials? Of(Func<string, string?> variable)
    {
        var profiles = new CredentialProfileStoreChain();
        if (variable("AWS_PROFILE") is { } name)
        {
            return profiles.TryGetProfile(name, out var profile)
                ? CredentialsOf(profile, profiles)
                : throw new AggregationException(
                    $"profile {name}: there is no profile of this name in ~/.aws/config and ~/.aws/credentials"
                    + " (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point). Correct AWS_PROFILE.",
                    new ProfileNotFoundException(name));
        }

        // In the SDK's order. Nobody asked for the default profile by name, so it counts only if it names an identity.
        if (variable("AWS_ACCESS_KEY_ID") is not null)
        {
            return null;
        }

        if (variable("AWS_WEB_IDENTITY_TOKEN_FILE") is not null)
        {
            return Fetch(
                "AWS_WEB_IDENTITY_TOKEN_FILE", WebIdentityRemedy,
                AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables);
        }

        return profiles.TryGetProfile(DefaultProfile, out var standard) && NamesIdentity(standard.Options)
            ? CredentialsOf(standard, profiles)
            : null;
    }

    private static AWSCredentials CredentialsOf(CredentialProfile profile, CredentialProfileStoreChain profiles) =>
        Fetch(
            $"profile {profile.Name}", Remedy(profile.Options),
            () => AWSCredentialsFactory.GetAWSCredentials(profile, profiles));

    private static AWSCredentials Fetch(string name, string remedy, Func<AWSCredentials> create)
    {
        try
        {
            var credentials = create();
            Prepare(credentials);

            // Fetched here, because a failure at the first request would look like a failure of S3.
            credentials.GetCredentials();
            return credentials;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Files, processes, STS and the network can fail here, and the SDK has no common exception type for them.
            throw new AggregationException($"{name}: it cannot be used: {Reason(e)}. {remedy}", e);
        }
    }

    /// <summary>
    /// Turns off every question to the user: the AWS CLI does the sign-in, and its result is used here.
    /// </summary>
    private static void Prepare(AWSCredentials credentials)
    {
        for (; credentials is AssumeRoleAWSCredentials role; credentials = role.SourceCredentials)
        {
            if (role.Options.MfaSerialNumber is { Length: > 0 })
            {
                throw new NotSupportedException(
                    "its role needs a code of an MFA device, and this tool does not ask for one");
            }
        }

        if (credentials is SSOAWSCredentials sso)
        {
            sso.Options.SupportsGettingNewToken = false;
        }
    }

    private static string Reason(Exception e)
    {
        string first = Failure.OnOneLine(e.Message).TrimEnd('.');
        var innermost = e;

        // HttpErrorResponseException says nothing: the exception around it has the service's answer.
        while (innermost.InnerException is { } inner and not HttpErrorResponseException)
        {
            innermost = inner;
        }

        string last = Failure.OnOneLine(innermost.Message).TrimEnd('.');
        return first == last ? first : $"{first}: {last}";
    }

    private static string Remedy(CredentialProfileOptions options) => options switch
    {
        { SsoStartUrl.Length: > 0 } or { SsoSession.Length: > 0 } =>
            "Sign in with aws sso login for this profile, or correct it.",
        { MfaSerial.Length: > 0 } =>
            "Export the credentials of a session (aws configure export-credentials), or use another profile.",
        { WebIdentityTokenFile.Length: > 0 } => WebIdentityRemedy,
        { RoleArn.Length: > 0 } =>
            "Correct role_arn and source_profile or credential_source, and the role's trust policy;"
            + " if the source signs in with SSO, sign in again.",
        _ => "Correct the profile in ~/.aws, or name another one in AWS_PROFILE.",
    };

    /// <summary>
    /// Whether a profile names an identity, even incompletely. A profile with only a region does not.
    /// </summary>
    private static bool NamesIdentity(CredentialProfileOptions options) => Array.Exists(
        [
            options.AccessKey, options.SecretKey, options.RoleArn, options.SourceProfile, options.CredentialSource,
            options.CredentialProcess, options.WebIdentityTokenFile, options.SsoSession, options.SsoStartUrl,
            options.SsoAccountId, options.SsoRoleName, options.EndpointName,
        ],
        text => !string.IsNullOrEmpty(text));
}
