namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>Events that CloudTrail delivers into folders of their own beside CloudTrail/.</summary>
internal static class TrailEvents
{
    /// <summary>Calls through a VPC endpoint, in CloudTrail-NetworkActivity/.</summary>
    public static readonly Event[] NetworkActivity =
    [
        Network(3, "kms", "ListKeys"),
        Network(2, "secretsmanager", "GetSecretValue"),
        Network(1, "cloudtrail", "DescribeTrails", """
            "errorCode": "VpceAccessDenied",
            "errorMessage": "The request was denied due to a VPC endpoint policy",
            """),
    ];

    /// <summary>Summaries of five minutes of data events, in CloudTrail-Aggregated/.</summary>
    public static readonly Event[] Aggregated =
    [
        Aggregate("API_ACTIVITY", "eventName", "PutObject", "resourceARN", "arn:aws:s3:::@{bucket}"),
        Aggregate("RESOURCE_ACCESS", "resourceARN", "arn:aws:s3:::@{bucket}", "eventName", "GetObject"),
    ];

    private static Event Network(int weight, string service, string name, string error = "") =>
        new(weight, Caller.Workload, service, name)
        {
            Line = $$"""
                {
                  "eventVersion": "1.09", "userIdentity": @{identity}, "eventTime": "@{time}",
                  "eventSource": "{{service}}.amazonaws.com",
                  "eventName": "{{name}}", "awsRegion": "@{region}", "sourceIPAddress": "@{privateIp}",
                  {{error}} "requestID": "@{uuid}",
                  "eventID": "@{uuid}", "eventType": "AwsVpceEvent", "recipientAccountId": "@{account}",
                  "sharedEventID": "@{uuid}",
                  "vpcEndpointId": "@{endpointId}", "vpcEndpointAccountId": "@{account}",
                  "eventCategory": "NetworkActivity"
                }
                """,
        };

    private static Event Aggregate(string template, string dimension, string name, string detail, string detailName) =>
        new(1, Caller.Workload, "s3", template)
        {
            Line = $$"""
                {
                  "eventVersion": "1.0", "accountId": "@{account}", "eventId": "@{uuid}", "eventCategory": "Aggregated",
                  "eventType": "AwsAggregatedEvent", "awsRegion": "@{region}", "eventSource": "s3.amazonaws.com",
                  "timeWindow": {"windowStart": "@{windowStart}", "windowEnd": "@{windowEnd}", "windowSize": "PT5M"},
                  "summary": {"primaryDimension": {{Dimension(dimension, name)}},
                  "details": [{{Dimension(detail, detailName)}}]}
                }
                """,
        };

    private static string Dimension(string dimension, string name) =>
        $$"""
        {"dimension": "{{dimension}}", "statistics": [{"name": "{{name}}", "value": @{int:2:9000#1} }],
        "aggregationType": "Count"}
        """;
}
