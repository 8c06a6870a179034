using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

/// <summary>
/// One event of each category beside management and data events, with the members that AWS documents for it: each
/// member is in the column that the table names for it, and an event of no category is a reject.
/// </summary>
[Trait("Category", TestRun.Vectors)]
public sealed class EventCategoryTests : IDisposable
{
    private const string Details =
        """{"state":"Start","eventSource":"autoscaling.amazonaws.com","eventName":"PutLifecycleHook","insightType":"ApiCallRateInsight","insightContext":{"statistics":{"baseline":{"average":9.82222E-5},"insight":{"average":5.0},"insightDuration":1,"baselineDuration":10181},"attributions":[{"attribute":"userIdentityArn","insight":[{"value":"arn:aws:sts::123456789012:assumed-role/Deploy","average":5.0}],"baseline":[]},{"attribute":"errorCode","insight":[{"value":"null","average":5.0}],"baseline":[{"value":"null","average":1.0}]}]}}""";

    private readonly RowReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Theory]
    [InlineData("1.07")]
    [InlineData("1.08")]
    [InlineData("1.09")]
    public void An_Insights_event_of_a_trail_has_only_columns(string version) => AssertColumns(
        $$"""{"eventVersion":"{{version}}","eventTime":"2024-02-10T01:42:00Z","awsRegion":"us-east-1","eventID":"55ed","eventType":"AwsCloudTrailInsight","recipientAccountId":"123456789012","sharedEventID":"979c","insightDetails":{{Details}},"eventCategory":"Insight"}""",
        ("event_version", version),
        ("event_time", 1_707_529_320_000),
        ("aws_region", "us-east-1"),
        ("event_id", "55ed"),
        ("event_type", "AwsCloudTrailInsight"),
        ("recipient_account_id", "123456789012"),
        ("shared_event_id", "979c"),
        ("insight_details", Details),
        ("event_category", "Insight"));

    [Fact]
    public void An_Insights_event_of_an_event_data_store_keeps_its_own_members_in_other_fields()
    {
        const string context =
            """{"baselineAverage":0.0017,"insightAverage":4.0,"baselineDuration":10080,"insightDuration":1,"attributions":{"userIdentityArn":{"insightValue":"a","insightAverage":4}}}""";
        (string Name, string Value)[] own =
        [
            ("insightSource", "\"arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/7b\""),
            ("insightState", "\"End\""),
            ("insightErrorCode", "null"),
            ("insightType", "\"ApiErrorRateInsight\""),
            ("insightContext", context),
        ];
        AssertColumns(
            $$"""{"eventVersion":"1.09","eventCategory":"Insight","eventType":"AwsCloudTrailInsight","eventID":"ab","eventTime":"2024-02-10T01:42:00Z","awsRegion":"us-east-1","recipientAccountId":"123456789012","sharedEventID":"cd",{{string.Join(',', own.Select(member => $"\"{member.Name}\":{member.Value}"))}}}""",
            ("event_version", "1.09"),
            ("event_category", "Insight"),
            ("event_type", "AwsCloudTrailInsight"),
            ("event_id", "ab"),
            ("event_time", 1_707_529_320_000),
            ("aws_region", "us-east-1"),
            ("recipient_account_id", "123456789012"),
            ("shared_event_id", "cd"),
            ("other_fields", $"{{{string.Join(", ", own.Select(member => $"\"{member.Name}\": {member.Value}"))}}}"));
    }

    [Fact]
    public void A_network_activity_event_has_only_columns()
    {
        const string caller =
            """{"type":"AWSAccount","principalId":"AIDACKCEVSQ6C2EXAMPLE","accountId":"777788889999"}""";
        AssertColumns(
            $$"""{"eventVersion":"1.09","userIdentity":{{caller}},"eventTime":"2024-02-15T23:57:12Z","eventSource":"kms.amazonaws.com","eventName":"ListKeys","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.0","errorCode":"VpceAccessDenied","errorMessage":"The request was denied due to a VPC endpoint policy","requestID":"899003b8","eventID":"42c45e1f","eventType":"AwsVpceEvent","recipientAccountId":"123456789012","sharedEventID":"aa4a","vpcEndpointId":"vpce-EXAMPLE08c1b6b9b7","vpcEndpointAccountId":"123456789012","eventCategory":"NetworkActivity"}""",
            ("event_version", "1.09"),
            ("user_identity", caller),
            ("event_time", 1_708_041_432_000),
            ("event_source", "kms.amazonaws.com"),
            ("event_name", "ListKeys"),
            ("aws_region", "us-east-1"),
            ("source_ip_address", "192.0.2.0"),
            ("error_code", "VpceAccessDenied"),
            ("error_message", "The request was denied due to a VPC endpoint policy"),
            ("request_id", "899003b8"),
            ("event_id", "42c45e1f"),
            ("event_type", "AwsVpceEvent"),
            ("recipient_account_id", "123456789012"),
            ("shared_event_id", "aa4a"),
            ("vpc_endpoint_id", "vpce-EXAMPLE08c1b6b9b7"),
            ("vpc_endpoint_account_id", "123456789012"),
            ("event_category", "NetworkActivity"));
    }

    /// <summary>S3 on Outposts names the device in edgeDeviceDetails.</summary>
    [Fact]
    public void An_event_of_an_edge_device_has_its_details_as_JSON()
    {
        const string device = """{"vmId":"vm-0123","deviceId":"device-0123","type":"snow"}""";
        const string context = """{"requestContext":{"s3:prefix":"a"},"tagContext":{}}""";
        AssertColumns(
            $$"""{"eventVersion":"1.11","eventName":"PutObject","sharedEventID":"e1","readOnly":false,"edgeDeviceDetails":{{device}},"eventContext":{{context}},"managementEvent":false,"eventCategory":"Data"}""",
            ("event_version", "1.11"),
            ("event_name", "PutObject"),
            ("shared_event_id", "e1"),
            ("read_only", false),
            ("edge_device_details", device),
            ("event_context", context),
            ("management_event", false),
            ("event_category", "Data"));
    }

    private void AssertColumns(string line, params (string Column, object Value)[] expected)
    {
        using var valid = JsonDocument.Parse(line);

        var row = _reader.Read(line);

        // The columns after other_fields are derived and have separate tests.
        Assert.Equal(
            expected.OrderBy(cell => cell.Column, StringComparer.Ordinal),
            row.Take(EventSchema.OtherFields + 1).Where(cell => cell.Value is not null)
                .Select(cell => (cell.Key, cell.Value!)).OrderBy(cell => cell.Key, StringComparer.Ordinal));
        RebuiltEvent.AssertEqual(Encoding.UTF8.GetBytes(line), row);
    }
}
