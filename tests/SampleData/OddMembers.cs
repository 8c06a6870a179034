namespace CloudTrailAggregation.SampleData;

/// <summary>
/// Uncommon members of a few events: documented but rare members, and undocumented members, because CloudTrail adds
/// members before a reader knows them.
/// </summary>
internal static class OddMembers
{
    public static readonly string[] All =
    [
        """
        , "addendum": {
          "reason": "DELAYED", "updatedFields": "eventTime, responseElements",
          "originalRequestID": "@{uuid}", "originalEventID": "@{uuid}"
        }
        """,
        """, "edgeDeviceDetails": {"type": "snowball", "jobId": "JID@{uuid}", "model": "V3_5C", "firmware": null}""",
        """
        , "eventContext": {
          "requestContext": {"aws:SourceVpc": "@{vpc}", "aws:MultiFactorAuthPresent": true,
          "aws:Tags": ["cost-centre", "café"]},
          "tagContext": {"principalTags": {"team": "@{service}"}, "resourceTags": []}
        }
        """,
        """, "inScopeOf": {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "@{function}"}""",
        """, "retryAttempt": @{int:1:4}""",
        """, "x-trace": null""",
        """, "samplingRate": @{int:0:9}.@{int:1:9}, "sampled": false""",
        """, "remarks": ["@{note}", [], {}, "", 0]""",
        """, "größe": {"bytes": @{int:10000:2147483647}@{int:10000:99999}, "exakt": true}""",
        """, "annotation": {"a": {"b": {"c": {"d": {"e": ["@{note#2}"]}}}}}""",
    ];
}
