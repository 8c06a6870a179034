namespace CloudTrailAggregation.Events;

/// <summary>
/// Aggregated events, which sum up five minutes of data events. They have no eventTime and no recipientAccountId; two
/// members of their own fill these columns instead and, because a row must give them back under their own names, are in
/// other_fields as well. Members as in
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html
/// </summary>
public static class AggregatedEvent
{
    /// <summary>The columns that an aggregated event fills from another member, each with that member.</summary>
    public static readonly (int Column, string Member)[] Substitutes =
    [
        (EventSchema.EventTime, "timeWindow"),
        (EventSchema.PositionOf("recipient_account_id"), "accountId"),
    ];

    /// <summary>The eventType of every aggregated event, in UTF-8.</summary>
    public static ReadOnlySpan<byte> EventType => "AwsAggregatedEvent"u8;

    /// <summary>The member of timeWindow that fills event_time: the first moment of the five minutes.</summary>
    public static ReadOnlySpan<byte> WindowStart => "windowStart"u8;
}
