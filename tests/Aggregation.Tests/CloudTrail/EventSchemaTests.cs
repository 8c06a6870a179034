using System.Text.RegularExpressions;
using CloudTrailAggregation.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.CloudTrail;

public class EventSchemaTests
{
    [Fact]
    public void There_are_33_columns_and_the_first_15_are_those_of_the_original()
    {
        string[] original =
        [
            "event_id", "request_id", "shared_event_id", "event_time", "event_name", "event_source", "event_version",
            "aws_region", "source_ip_address", "recipient_account_id", "user_identity", "request_parameters",
            "response_elements", "additional_event_data", "resources",
        ];

        Assert.Equal(33, EventSchema.Columns.Length);
        Assert.Equal(original, EventSchema.Columns.Take(15).Select(column => column.Name));
        Assert.Equal("event_time", EventSchema.Columns[EventSchema.EventTime].Name);
        Assert.Equal("other_fields", EventSchema.Columns[EventSchema.OtherFields].Name);
        Assert.Equal(32, EventSchema.OtherFields);
    }

    /// <summary>A column has its member's name in snake case: sourceIPAddress is source_ip_address.</summary>
    [Fact]
    public void A_column_is_named_as_its_member()
    {
        foreach (var column in EventSchema.Columns.SkipLast(1))
        {
            string name = Regex.Replace(
                column.Member, "(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", RegexOptions.None,
                TimeSpan.FromSeconds(1));
            Assert.Equal(name.ToLowerInvariant(), column.Name);
            Assert.True(column.OtherSpelling is null || column.OtherSpelling == column.Member[..^2] + "Id");
        }
    }
}
