using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Internal;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Who asks S3. The SDK passes over a profile that it cannot use and takes the next identity that it finds, the role of
/// the machine in the end. Here a profile or a pod's web identity that was asked for is used or is an error.
/// </summary>
internal static class Identity
{
    private const string Default = "default";
    private const string WebIdentity = "Correct the role's ARN, the token's file and the session's name, and the role's trust in the token's issuer.";

    /// <param name="variable">The environment.</param>
    /// <returns>Credentials that were fetched once; null where the SDK is to look elsewhere.</returns>
    /// <exception cref="AggregationException">What was asked for cannot be used; the message has the SDK's reason.</exception>
    public static AWSCredentials? Of(Func<string, string?> variable)
    {
        var profiles = new CredentialProfileStoreChain();
        if (variable("AWS_PROFILE") is { } name)
        {
            return profiles.TryGetProfile(name, out var profile)
                ? Usable(profile, profiles)
                : throw new AggregationException(
                    $"profile {name}: there is none of this name in ~/.aws/config and ~/.aws/credentials (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point). Correct AWS_PROFILE.",
                    new ProfileNotFoundException(name));
        }

        // In the SDK's order; nobody asked for the default profile by name.
        return variable("AWS_ACCESS_KEY_ID") is not null ? null
            : variable("AWS_WEB_IDENTITY_TOKEN_FILE") is not null ? Usable("AWS_WEB_IDENTITY_TOKEN_FILE", WebIdentity, AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables)
            : profiles.TryGetProfile(Default, out var standard) && NamesIdentity(standard.Options) ? Usable(standard, profiles)
            : null;
    }

    private static AWSCredentials Usable(CredentialProfile profile, CredentialProfileStoreChain profiles) =>
        Usable($"profile {profile.Name}", Remedy(profile.Options), () => AWSCredentialsFactory.GetAWSCredentials(profile, profiles));

    private static AWSCredentials Usable(string name, string remedy, Func<AWSCredentials> create)
    {
        try
        {
            var credentials = create();
            Prepare(credentials);

            // Now, not at the first request, whose failure would be S3's.
            credentials.GetCredentials();
            return credentials;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The SDK has no type in common for what can be wrong here: files, processes, STS, the network.
            throw new AggregationException($"{name}: it cannot be used: {Reason(e)}. {remedy}", e);
        }
    }

    /// <summary>Nobody is asked anything: a sign-in is the AWS CLI's task, and its result is used.</summary>
    private static void Prepare(AWSCredentials credentials)
    {
        for (; credentials is AssumeRoleAWSCredentials role; credentials = role.SourceCredentials)
        {
            if (role.Options.MfaSerialNumber is { Length: > 0 })
            {
                throw new NotSupportedException("its role wants a code of an MFA device, which is not asked for here");
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

        // The SDK has what a service answered in the exception around this one, which says nothing.
        while (innermost.InnerException is { } inner and not HttpErrorResponseException)
        {
            innermost = inner;
        }

        string last = Failure.OnOneLine(innermost.Message).TrimEnd('.');
        return first == last ? first : $"{first}: {last}";
    }

    private static string Remedy(CredentialProfileOptions options) => options switch
    {
        { SsoStartUrl.Length: > 0 } or { SsoSession.Length: > 0 } => "Sign in with aws sso login for this profile, or correct it.",
        { MfaSerial.Length: > 0 } => "Export the credentials of a session (aws configure export-credentials), or use another profile.",
        { WebIdentityTokenFile.Length: > 0 } => WebIdentity,
        { RoleArn.Length: > 0 } => "Correct role_arn and source_profile or credential_source, and the role's trust policy; where the source signs in with SSO, sign in again.",
        _ => "Correct it in ~/.aws, or name another one in AWS_PROFILE.",
    };

    /// <summary>Whether a profile says who it is, if incompletely: one with a region alone does not.</summary>
    private static bool NamesIdentity(CredentialProfileOptions options) => Array.Exists(
        [
            options.AccessKey, options.SecretKey, options.RoleArn, options.SourceProfile, options.CredentialSource, options.CredentialProcess,
            options.WebIdentityTokenFile, options.SsoSession, options.SsoStartUrl, options.SsoAccountId, options.SsoRoleName, options.EndpointName,
        ],
        text => !string.IsNullOrEmpty(text));
}
