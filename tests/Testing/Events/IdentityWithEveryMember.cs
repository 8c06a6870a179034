namespace CloudTrailAggregation.Tests.Events;

/// <summary>A userIdentity that fills every derived column, and what it fills them with.</summary>
internal static class IdentityWithEveryMember
{
    private const string Text =
        """{"type":"type #","arn":"arn # é\"","accountId":"account #","principalId":"principal #","userName":"user #","accessKeyId":"key #","invokedBy":"service #","sessionContext":{"sessionIssuer":{"arn":"\u0041RN #","userName":"role #"},"sourceIdentity":"source #","attributes":{"mfaAuthenticated":"FLAG"}},"onBehalfOf":{"userId":"person #"}}""";

    /// <param name="number">Ten consecutive numbers have different texts; the flag has a period of three.</param>
    public static string Of(int number) =>
        Text.Replace("#", $"{number % 10}", StringComparison.Ordinal)
            .Replace("FLAG", number % 3 == 0 ? "true" : "false", StringComparison.Ordinal);

    /// <summary>The derived columns' values by the columns' names.</summary>
    public static IReadOnlyDictionary<string, object> Cells(int number) => new Dictionary<string, object>
    {
        ["user_identity_type"] = $"type {number % 10}",
        ["user_identity_arn"] = $"arn {number % 10} é\"",
        ["user_identity_account_id"] = $"account {number % 10}",
        ["user_identity_principal_id"] = $"principal {number % 10}",
        ["user_identity_user_name"] = $"user {number % 10}",
        ["user_identity_access_key_id"] = $"key {number % 10}",
        ["user_identity_invoked_by"] = $"service {number % 10}",
        ["session_issuer_arn"] = $"ARN {number % 10}",
        ["session_issuer_user_name"] = $"role {number % 10}",
        ["session_source_identity"] = $"source {number % 10}",
        ["session_mfa_authenticated"] = number % 3 == 0,
        ["on_behalf_of_user_id"] = $"person {number % 10}",
        ["caller"] = $"ARN {number % 10}",
    };
}
