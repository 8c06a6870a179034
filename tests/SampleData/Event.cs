namespace CloudTrailAggregation.SampleData;

/// <summary>
/// One kind of event as the lists in Kinds/ describe it. Members are JSON text with slots; null leaves the member out.
/// Shapes follow "CloudTrail record contents" in AWS's user guide. Weight is the relative frequency of the kind.
/// </summary>
internal sealed record Event(int Weight, Caller Caller, string Service, string Name)
{
    public string Request { get; init; } = "null";
    public string Response { get; init; } = "null";
    public string? Additional { get; init; }
    public string? Resources { get; init; }
    public string? Details { get; init; }
    public string RequestId { get; init; } = "@{uuid}";
    public string Type { get; init; } = "AwsApiCall";
    public string Category { get; init; } = "Management";
    public string? ApiVersion { get; init; }

    /// <summary>The service through which the call came, or, for <see cref="Caller.Service"/>, which made it.</summary>
    public string Via { get; init; } = "";

    /// <summary>Whether the service has no regions: its events are in us-east-1.</summary>
    public bool IsGlobal { get; init; }

    public bool IsRead { get; init; } = Name.StartsWith("Describe", StringComparison.Ordinal)
        || Name.StartsWith("List", StringComparison.Ordinal) || Name.StartsWith("Get", StringComparison.Ordinal)
        || Name.StartsWith("Head", StringComparison.Ordinal)
        || Name is "Decrypt" or "GenerateDataKey" or "AssumeRole" or "Query" or "LookupEvents";

    /// <summary>The whole line, for records with another structure.</summary>
    public string? Line { get; init; }

    public int FailurePercent { get; init; } = 2;
    public string? ErrorCode { get; init; } = "AccessDenied";
    public string ErrorMessage { get; init; } =
        "User: @{caller} is not authorized to perform: {action} because no identity-based policy allows the {action} "
        + "action";
    public string FailedResponse { get; init; } = "null";

    /// <summary>The record without failure, in the order in which CloudTrail writes the members.</summary>
    public string Success => Line ?? Text(null, Response);

    /// <summary>The record of a failed call.</summary>
    public string Failure => Line ?? Text(
        (ErrorCode is null ? "" : $""" "errorCode": "{ErrorCode}", """)
        + $""" "errorMessage": "{ErrorMessage.Replace("{action}", $"{Service}:{Name}", StringComparison.Ordinal)}", """,
        FailedResponse);

    private string Text(string? error, string response)
    {
        // S3 alone writes the header in brackets.
        string agent = Service == "s3" && Via.Length == 0 ? "[@{agent}]" : "@{agent}";
        return $$"""
            {
              "eventVersion": "{{(Name.Length % 3 == 0 ? "1.08" : "1.09")}}", "userIdentity": @{identity},
              "eventTime": "@{time}",
              "eventSource": "{{Service}}.amazonaws.com", "eventName": "{{Name}}", "awsRegion": "@{region}",
              "sourceIPAddress": "@{address}", "userAgent": "{{agent}}", {{error}}
              "requestParameters": {{Request}}, "responseElements": {{response}},
              {{Member("additionalEventData", Additional)}}
              {{(RequestId.Length == 0 ? "" : $""" "requestID": "{RequestId}", """)}} "eventID": "@{uuid}",
              "readOnly": {{(IsRead ? "true" : "false")}},
              {{Member("resources", Resources)}} "eventType": "{{Type}}",
              {{Member("apiVersion", ApiVersion is null ? null : $"\"{ApiVersion}\"")}}
              "managementEvent": {{(Category == "Management" ? "true" : "false")}},
              "recipientAccountId": "@{account}"@{shared}@{endpoint},
              {{Member("serviceEventDetails", Details)}} "eventCategory": "{{Category}}"@{tls}@{console}@{odd}
            }
            """;
    }

    private static string Member(string name, string? value) => value is null ? "" : $""" "{name}": {value}, """;
}
