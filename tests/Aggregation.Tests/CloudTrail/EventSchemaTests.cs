using System.Text.RegularExpressions;
using CloudTrailAggregation.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

public class EventSchemaTests
{
    [Fact]
    public void There_are_46_columns_and_the_first_15_are_those_of_the_original()
    {
        string[] original =
        [
            "event_id", "request_id", "shared_event_id", "event_time", "event_name", "event_source", "event_version",
            "aws_region", "source_ip_address", "recipient_account_id", "user_identity", "request_parameters",
            "response_elements", "additional_event_data", "resources",
        ];

        Assert.Equal(46, EventSchema.Columns.Length);
        Assert.Equal(original, EventSchema.Columns.Take(15).Select(column => column.Name));
        Assert.Equal("event_time", EventSchema.Columns[EventSchema.EventTime].Name);
        Assert.Equal("other_fields", EventSchema.Columns[EventSchema.OtherFields].Name);
        Assert.Equal(32, EventSchema.OtherFields);
    }

    [Fact]
    public void The_columns_after_other_fields_are_derived_ones_in_their_documented_order()
    {
        string[] derived =
        [
            "user_identity_type", "user_identity_arn", "user_identity_account_id", "user_identity_principal_id",
            "user_identity_user_name", "user_identity_access_key_id", "user_identity_invoked_by", "session_issuer_arn",
            "session_issuer_user_name", "session_source_identity", "session_mfa_authenticated", "on_behalf_of_user_id",
            "caller",
        ];

        Assert.Equal(derived, EventSchema.DerivedColumns.Select(column => column.Name));
        Assert.Equal(EventSchema.DerivedColumns, EventSchema.Columns.Where(column => column.IsDerived));
    }

    /// <summary>A column has its member's name in snake case: sourceIPAddress is source_ip_address.</summary>
    [Fact]
    public void A_column_is_named_as_its_member()
    {
        foreach (var column in EventSchema.MemberColumns)
        {
            string name = Regex.Replace(
                column.Member, "(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", RegexOptions.None,
                TimeSpan.FromSeconds(1));
            Assert.Equal(name.ToLowerInvariant(), column.Name);
            Assert.True(column.OtherSpelling is null || column.OtherSpelling == column.Member[..^2] + "Id");
        }
    }
}
