namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// What the deployment's files are held against: the one list of settings and the one list of columns on this
/// side of the code (<c>CloudTrailAggregation.Settings.Names</c> and <c>EventSchema</c> are the other side).
/// </summary>
internal static class Declared
{
    /// <summary>The environment variables the function reads, all of them.</summary>
    public static readonly string[] Settings =
    [
        "SRC_BUCKET", "SRC_PREFIX", "DST_BUCKET", "DST_PREFIX", "ROWS_PER_FILE",
        "LOG_LEVEL", "COMPRESSION", "DEDUPLICATE", "MAX_REJECTED_PERCENT", "SCHEDULE_LAG_DAYS",
    ];

    /// <summary>The columns of the files in their order, with their Athena types.</summary>
    public static readonly (string Name, string Type)[] Columns =
    [
        ("event_id", "string"),
        ("request_id", "string"),
        ("shared_event_id", "string"),
        ("event_time", "timestamp"),
        ("event_name", "string"),
        ("event_source", "string"),
        ("event_version", "string"),
        ("aws_region", "string"),
        ("source_ip_address", "string"),
        ("recipient_account_id", "string"),
        ("user_identity", "string"),
        ("request_parameters", "string"),
        ("response_elements", "string"),
        ("additional_event_data", "string"),
        ("resources", "string"),
        ("user_agent", "string"),
        ("error_code", "string"),
        ("error_message", "string"),
        ("event_type", "string"),
        ("event_category", "string"),
        ("api_version", "string"),
        ("vpc_endpoint_id", "string"),
        ("vpc_endpoint_account_id", "string"),
        ("session_credential_from_console", "string"),
        ("management_event", "boolean"),
        ("read_only", "boolean"),
        ("service_event_details", "string"),
        ("tls_details", "string"),
        ("edge_device_details", "string"),
        ("insight_details", "string"),
        ("addendum", "string"),
        ("event_context", "string"),
        ("other_fields", "string"),
    ];
}
