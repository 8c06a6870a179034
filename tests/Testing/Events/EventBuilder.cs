using System.Text;

namespace CloudTrailAggregation.Tests.Events;

/// <summary>
/// Builds the line of one event, member by member. Names and values are JSON and go into the line unchanged, so that a
/// test can choose spellings, escapes, repeats and white space.
/// </summary>
public sealed class EventBuilder
{
    private readonly List<(string Name, string Value)> _members = [];

    /// <summary>An event as CloudTrail writes it.</summary>
    public static EventBuilder Usual() => new EventBuilder()
        .With("eventVersion", "\"1.09\"")
        .With(
            "userIdentity",
            """{"type":"AssumedRole","accountId":"123456789012","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}}""")
        .With("eventTime", "\"2024-02-29T23:59:59Z\"")
        .With("eventSource", "\"s3.amazonaws.com\"")
        .With("eventName", "\"GetObject\"")
        .With("awsRegion", "\"eu-central-1\"")
        .With("sourceIPAddress", "\"192.0.2.7\"")
        .With("userAgent", """ "[aws-cli/2.15 \"exec\" \u00e9/é]" """.Trim())
        .With("requestParameters", """{"bucketName":"b","key":"größe/1.json","range":[0,-1.50e+3,1e400]}""")
        .With("responseElements", "null")
        .With("requestID", "\"R7\"")
        .With("eventID", "\"7e0f079f-93d1-4f8a-9040-98ac8eb7b71a\"")
        .With("readOnly", "true")
        .With("resources", """[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/1.json"},{}]""")
        .With("managementEvent", "false")
        .With("recipientAccountId", "\"123456789012\"")
        .With("newMember", """{"since":2025}""");

    /// <summary>Adds a member, also if there is already one of that name.</summary>
    public EventBuilder With(string member, string json) => WithRaw($"\"{member}\"", json);

    /// <summary>Adds a member with its name as JSON, quotes included.</summary>
    public EventBuilder WithRaw(string quotedName, string json)
    {
        _members.Add((quotedName, json));
        return this;
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() =>
        $"{{{string.Join(", ", _members.Select(member => $"{member.Name}: {member.Value}"))}}}";
}
