using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// The kinds of userIdentity that AWS documents, and what the derived columns make of each:
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class KnownIdentityTests : IDisposable
{
    private readonly RowReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void An_IAM_user() => AssertCells(
        """{"type":"IAMUser","principalId":"AIDAJ45Q7YFFAREXAMPLE","arn":"arn:aws:iam::123456789012:user/Alice","accountId":"123456789012","accessKeyId":"","userName":"Alice"}""",
        ("user_identity_type", "IAMUser"),
        ("user_identity_arn", "arn:aws:iam::123456789012:user/Alice"),
        ("user_identity_account_id", "123456789012"),
        ("user_identity_principal_id", "AIDAJ45Q7YFFAREXAMPLE"),
        ("user_identity_user_name", "Alice"),
        ("user_identity_access_key_id", ""),
        ("caller", "arn:aws:iam::123456789012:user/Alice"));

    [Fact]
    public void A_session_of_a_role_is_called_by_its_role() => AssertCells(
        """{"type":"AssumedRole","principalId":"AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName","arn":"arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName","accountId":"123456789012","accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAIDPPEZS35WEXAMPLE","arn":"arn:aws:iam::123456789012:role/RoleToBeAssumed","accountId":"123456789012","userName":"RoleToBeAssumed"},"sourceIdentity":"alice","attributes":{"mfaAuthenticated":"false","creationDate":"20131102T010628Z"}}}""",
        ("user_identity_type", "AssumedRole"),
        ("user_identity_arn", "arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName"),
        ("user_identity_account_id", "123456789012"),
        ("user_identity_principal_id", "AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName"),
        ("user_identity_access_key_id", "ASIAIOSFODNN7EXAMPLE"),
        ("session_issuer_arn", "arn:aws:iam::123456789012:role/RoleToBeAssumed"),
        ("session_issuer_user_name", "RoleToBeAssumed"),
        ("session_source_identity", "alice"),
        ("session_mfa_authenticated", false),
        ("caller", "arn:aws:iam::123456789012:role/RoleToBeAssumed"));

    [Fact]
    public void Root_in_the_console() => AssertCells(
        """{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","accessKeyId":"","sessionContext":{"sessionIssuer":{},"webIdFederationData":{},"attributes":{"creationDate":"2024-02-01T08:00:00Z","mfaAuthenticated":"true"}}}""",
        ("user_identity_type", "Root"),
        ("user_identity_arn", "arn:aws:iam::111122223333:root"),
        ("user_identity_account_id", "111122223333"),
        ("user_identity_principal_id", "111122223333"),
        ("user_identity_access_key_id", ""),
        ("session_mfa_authenticated", true),
        ("caller", "arn:aws:iam::111122223333:root"));

    [Fact]
    public void An_AWS_service() => AssertCells(
        """{"type":"AWSService","invokedBy":"lambda.amazonaws.com"}""",
        ("user_identity_type", "AWSService"),
        ("user_identity_invoked_by", "lambda.amazonaws.com"),
        ("caller", "lambda.amazonaws.com"));

    [Fact]
    public void A_service_event() => AssertCells(
        """{"accountId":"123456789012","invokedBy":"kms.amazonaws.com"}""",
        ("user_identity_account_id", "123456789012"),
        ("user_identity_invoked_by", "kms.amazonaws.com"),
        ("caller", "kms.amazonaws.com"));

    [Fact]
    public void A_federated_user_with_an_identity_provider() => AssertCells(
        """{"type":"SAMLUser","principalId":"SampleUkh1i4+ExamplebvHR2SXyM=:Alice","userName":"Alice","identityProvider":"SampleUkh1i4+ExamplebvHR2SXyM="}""",
        ("user_identity_type", "SAMLUser"),
        ("user_identity_principal_id", "SampleUkh1i4+ExamplebvHR2SXyM=:Alice"),
        ("user_identity_user_name", "Alice"),
        ("caller", "Alice"));

    [Fact]
    public void A_user_of_IAM_Identity_Center() => AssertCells(
        """{"type":"IdentityCenterUser","accountId":"123456789012","onBehalfOf":{"userId":"544894e8-80c1-707f-60e3-3ba6510dfac1","identityStoreArn":"arn:aws:identitystore::123456789012:identitystore/d-9067642ac7"},"credentialId":"EXAMPLEVHULjJdTUdPJfofVa1sufHDoj7aYcOYcxFVllWR_Whr1fEXAMPLE"}""",
        ("user_identity_type", "IdentityCenterUser"),
        ("user_identity_account_id", "123456789012"),
        ("on_behalf_of_user_id", "544894e8-80c1-707f-60e3-3ba6510dfac1"),
        ("caller", "IdentityCenterUser"));

    [Fact]
    public void A_principal_of_another_account() => AssertCells(
        """{"type":"AWSAccount","principalId":"AIDAQRSTUVWXYZEXAMPLE","accountId":"444455556666"}""",
        ("user_identity_type", "AWSAccount"),
        ("user_identity_account_id", "444455556666"),
        ("user_identity_principal_id", "AIDAQRSTUVWXYZEXAMPLE"),
        ("caller", "AIDAQRSTUVWXYZEXAMPLE"));

    [Fact]
    public void An_anonymous_caller_of_a_public_bucket() => AssertCells(
        """{"type":"AWSAccount","principalId":"","accountId":"anonymous"}""",
        ("user_identity_type", "AWSAccount"),
        ("user_identity_account_id", "anonymous"),
        ("user_identity_principal_id", ""),
        ("caller", "AWSAccount"));

    private void AssertCells(string identity, params (string Column, object Value)[] cells) =>
        Assert.Equal(
            cells,
            _reader.Read($"{{\"userIdentity\":{identity}}}").Skip(EventSchema.FirstDerived)
                .Where(cell => cell.Value is not null).Select(cell => (cell.Key, cell.Value!)));
}
