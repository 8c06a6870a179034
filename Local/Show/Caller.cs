using System.Text.Json;

namespace CloudTrailAggregation.Local.Show;

/// <summary>
/// The name of a call's caller, from userIdentity. For a session it is the role that the session was made from
/// (sessionIssuer), because a role has many sessions; otherwise the arn, the AWS service (invokedBy), the user's name,
/// the principal, or the kind of identity, whichever is found first.
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
/// </summary>
internal static class Caller
{
    private static readonly string[] Members = ["arn", "invokedBy", "userName", "principalId", "type"];

    /// <returns>The name; null if the text is not a JSON object or has none of these members.</returns>
    public static string? Of(ReadOnlySpan<byte> userIdentity)
    {
        var json = new Utf8JsonReader(userIdentity, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            using var identity = JsonDocument.ParseValue(ref json);
            return Text(identity.RootElement, "sessionContext", "sessionIssuer", "arn")
                ?? Members.Select(member => Text(identity.RootElement, member))
                    .FirstOrDefault(text => text is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that another tool wrote, or half a surrogate pair.
            return null;
        }
    }

    private static string? Text(JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (string member in path)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(member, out json))
            {
                return null;
            }
        }

        return json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 } text ? text : null;
    }
}
