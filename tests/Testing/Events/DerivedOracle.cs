using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// What the derived columns hold of a user_identity, by JsonDocument and by a table of its own: neither the product's
/// schema nor its readers are asked.
/// </summary>
internal static class DerivedOracle
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    private static readonly (string Column, string[] Path)[] Texts =
    [
        ("user_identity_type", ["type"]),
        ("user_identity_arn", ["arn"]),
        ("user_identity_account_id", ["accountId"]),
        ("user_identity_principal_id", ["principalId"]),
        ("user_identity_user_name", ["userName"]),
        ("user_identity_access_key_id", ["accessKeyId"]),
        ("user_identity_invoked_by", ["invokedBy"]),
        ("session_issuer_arn", ["sessionContext", "sessionIssuer", "arn"]),
        ("session_issuer_user_name", ["sessionContext", "sessionIssuer", "userName"]),
        ("session_source_identity", ["sessionContext", "sourceIdentity"]),
    ];

    private static readonly string[] Callers =
    [
        "session_issuer_arn", "user_identity_arn", "user_identity_invoked_by", "user_identity_user_name",
        "user_identity_principal_id", "user_identity_type",
    ];

    /// <summary>The 13 derived columns in their order, with null, a string or a bool each.</summary>
    public static IReadOnlyList<(string Column, object? Value)> Of(string? userIdentity)
    {
        using var document = JsonDocument.Parse(userIdentity ?? "null", Deep);
        var identity = document.RootElement;
        var texts = Texts.Select(text => (text.Column, Value: (object?)Text(Find(identity, text.Path)))).ToList();
        object? caller = Callers.Select(name => texts.Find(text => text.Column == name).Value)
            .FirstOrDefault(name => name is string { Length: > 0 });
        return
        [
            .. texts,
            ("session_mfa_authenticated", Flag(Find(identity, "sessionContext", "attributes", "mfaAuthenticated"))),
            ("on_behalf_of_user_id", Text(Find(identity, "onBehalfOf", "userId"))),
            ("caller", caller),
        ];
    }

    /// <summary>The value at the end of a path; of members with the same name the last counts.</summary>
    private static JsonElement? Find(JsonElement json, params string[] path)
    {
        foreach (string name in path)
        {
            JsonElement? last = null;
            if (json.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in json.EnumerateObject())
                {
                    last = NameOf(member) == name ? member.Value : last;
                }
            }

            if (last is null)
            {
                return null;
            }

            json = last.Value;
        }

        return json;
    }

    private static string NameOf(JsonProperty member) =>
        RebuiltEvent.Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member)));

    /// <summary>A string's text, with U+FFFD for each half of a surrogate pair.</summary>
    private static string? Text(JsonElement? json) => json is { ValueKind: JsonValueKind.String } text
        ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(RebuiltEvent.Unescape(text.GetRawText()[1..^1])))
        : null;

    private static object? Flag(JsonElement? json) => json switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } => Text(json) switch
        {
            { } text when Ascii.EqualsIgnoreCase(text, "true") => true,
            { } text when Ascii.EqualsIgnoreCase(text, "false") => false,
            _ => null,
        },
        _ => null,
    };
}
