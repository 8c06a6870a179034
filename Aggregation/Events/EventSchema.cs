namespace CloudTrailAggregation.Events;

/// <summary>The kind of a column's values.</summary>
public enum ColumnKind
{
    /// <summary>The unescaped text of a JSON string, in UTF-8.</summary>
    Text,

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    Timestamp,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>Any JSON value, with its bytes in the source.</summary>
    Json,
}

/// <summary>One column of the table and the member of the event it comes from.</summary>
/// <param name="Name">The column's name, in the table and in the file.</param>
/// <param name="Member">
/// The member's name in a CloudTrail record; for a derived column the path to it, joined by dots. Empty for
/// other_fields and caller, which come from several members.
/// </param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Repeats">Whether enough values repeat that a dictionary makes the file smaller.</param>
/// <param name="OtherSpelling">
/// The second spelling of the member that some services use; null where there is none.
/// </param>
/// <param name="IsDerived">
/// Whether the column repeats what user_identity holds. Such a column plays no part in rebuilding an event.
/// </param>
public sealed record EventColumn(
    string Name, string Member, ColumnKind Kind, bool Repeats, string? OtherSpelling = null, bool IsDerived = false);

/// <summary>
/// The columns, in the order of table.ddl; the first 15 are those of the original Python stage 2. Members as in
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html and
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
/// </summary>
public static class EventSchema
{
    // Longer than 120 characters, because one line for each column keeps the table readable.

    /// <summary>All columns, in the order of the table.</summary>
    public static readonly EventColumn[] Columns =
    [
        new("event_id",                        "eventID",                      ColumnKind.Text,      Repeats: false, "eventId"),
        new("request_id",                      "requestID",                    ColumnKind.Text,      Repeats: false, "requestId"),
        new("shared_event_id",                 "sharedEventID",                ColumnKind.Text,      Repeats: false, "sharedEventId"),
        new("event_time",                      "eventTime",                    ColumnKind.Timestamp, Repeats: false),
        new("event_name",                      "eventName",                    ColumnKind.Text,      Repeats: true),
        new("event_source",                    "eventSource",                  ColumnKind.Text,      Repeats: true),
        new("event_version",                   "eventVersion",                 ColumnKind.Text,      Repeats: true),
        new("aws_region",                      "awsRegion",                    ColumnKind.Text,      Repeats: true),
        new("source_ip_address",               "sourceIPAddress",              ColumnKind.Text,      Repeats: true),
        new("recipient_account_id",            "recipientAccountId",           ColumnKind.Text,      Repeats: true),
        new("user_identity",                   "userIdentity",                 ColumnKind.Json,      Repeats: true),
        new("request_parameters",              "requestParameters",            ColumnKind.Json,      Repeats: true),
        new("response_elements",               "responseElements",             ColumnKind.Json,      Repeats: true),
        new("additional_event_data",           "additionalEventData",          ColumnKind.Json,      Repeats: false),
        new("resources",                       "resources",                    ColumnKind.Json,      Repeats: true),
        new("user_agent",                      "userAgent",                    ColumnKind.Text,      Repeats: true),
        new("error_code",                      "errorCode",                    ColumnKind.Text,      Repeats: true),
        new("error_message",                   "errorMessage",                 ColumnKind.Text,      Repeats: true),
        new("event_type",                      "eventType",                    ColumnKind.Text,      Repeats: true),
        new("event_category",                  "eventCategory",                ColumnKind.Text,      Repeats: true),
        new("api_version",                     "apiVersion",                   ColumnKind.Text,      Repeats: true),
        new("vpc_endpoint_id",                 "vpcEndpointId",                ColumnKind.Text,      Repeats: true),
        new("vpc_endpoint_account_id",         "vpcEndpointAccountId",         ColumnKind.Text,      Repeats: true),
        new("session_credential_from_console", "sessionCredentialFromConsole", ColumnKind.Text,      Repeats: true),
        new("management_event",                "managementEvent",              ColumnKind.Boolean,   Repeats: false),
        new("read_only",                       "readOnly",                     ColumnKind.Boolean,   Repeats: false),
        new("service_event_details",           "serviceEventDetails",          ColumnKind.Json,      Repeats: false),
        new("tls_details",                     "tlsDetails",                   ColumnKind.Json,      Repeats: true),
        new("edge_device_details",             "edgeDeviceDetails",            ColumnKind.Json,      Repeats: false),
        new("insight_details",                 "insightDetails",               ColumnKind.Json,      Repeats: false),
        new("addendum",                        "addendum",                     ColumnKind.Json,      Repeats: false),
        new("event_context",                   "eventContext",                 ColumnKind.Json,      Repeats: false),
        new("other_fields",                    "",                             ColumnKind.Json,      Repeats: false),
        new("user_identity_type",              "userIdentity.type",                                     ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_arn",               "userIdentity.arn",                                      ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_account_id",        "userIdentity.accountId",                                ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_principal_id",      "userIdentity.principalId",                              ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_user_name",         "userIdentity.userName",                                 ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_access_key_id",     "userIdentity.accessKeyId",                              ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("user_identity_invoked_by",        "userIdentity.invokedBy",                                ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("session_issuer_arn",              "userIdentity.sessionContext.sessionIssuer.arn",         ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("session_issuer_user_name",        "userIdentity.sessionContext.sessionIssuer.userName",    ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("session_source_identity",         "userIdentity.sessionContext.sourceIdentity",            ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("session_mfa_authenticated",       "userIdentity.sessionContext.attributes.mfaAuthenticated", ColumnKind.Boolean, Repeats: false, IsDerived: true),
        new("on_behalf_of_user_id",            "userIdentity.onBehalfOf.userId",                        ColumnKind.Text,    Repeats: true,  IsDerived: true),
        new("caller",                          "",                                                      ColumnKind.Text,    Repeats: true,  IsDerived: true),
    ];

    /// <summary>The position of event_time in <see cref="Columns"/>.</summary>
    public static readonly int EventTime =
        Array.FindIndex(Columns, column => column.Kind == ColumnKind.Timestamp);

    /// <summary>The position of event_type in <see cref="Columns"/>.</summary>
    public static readonly int EventType = PositionOf("event_type");

    /// <summary>The position of user_identity in <see cref="Columns"/>.</summary>
    public static readonly int UserIdentity = PositionOf("user_identity");

    /// <summary>
    /// The position of other_fields in <see cref="Columns"/>: columns of one member each come before it, derived
    /// columns after it.
    /// </summary>
    public static readonly int OtherFields = PositionOf("other_fields");

    /// <summary>The columns that hold one member of the event each.</summary>
    public static readonly EventColumn[] MemberColumns = Columns[..OtherFields];

    /// <summary>The columns that repeat what user_identity holds. Files of older versions do not have them.</summary>
    public static readonly EventColumn[] DerivedColumns = Columns[FirstDerived..];

    /// <summary>The position of caller in <see cref="Columns"/>.</summary>
    public static readonly int Caller = PositionOf("caller");

    /// <summary>
    /// The positions of the columns that can name the caller: caller is the first of them that is neither NULL nor
    /// empty. For a session that is the role it was made from, because a role has many sessions.
    /// </summary>
    public static readonly int[] CallerSources =
    [
        PositionOf("session_issuer_arn"), PositionOf("user_identity_arn"), PositionOf("user_identity_invoked_by"),
        PositionOf("user_identity_user_name"), PositionOf("user_identity_principal_id"),
        PositionOf("user_identity_type"),
    ];

    /// <summary>The position of the first derived column in <see cref="Columns"/>.</summary>
    public static int FirstDerived => OtherFields + 1;

    /// <summary>The position of a column in <see cref="Columns"/>.</summary>
    /// <returns>-1 if there is no such column.</returns>
    public static int PositionOf(string name) => Array.FindIndex(Columns, column => column.Name == name);
}
