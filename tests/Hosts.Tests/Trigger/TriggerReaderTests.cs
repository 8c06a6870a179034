using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Trigger;
using Xunit;

namespace CloudTrailAggregation.Tests.Trigger;

public partial class TriggerReaderTests
{
    /// <summary>15 April 2024, noon.</summary>
    private static readonly FakeTime Now = new(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("""{"source":"aws.events","time":"2024-03-01T04:00:00Z","detail":{}}""")]
    [InlineData(
        """{"version":"0","id":"1","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012","time":"2024-03-01T04:00:00Z","region":"eu-central-1","resources":["arn:aws:events:eu-central-1:123456789012:rule/monthly"],"detail":{}}""")]
    [InlineData("""{"source":"aws.scheduler","time":"2024-03-01T00:00:00Z","detail":"{}"}""")]
    [InlineData("""{"source":"aws.scheduler","time":"2024-03-01T00:00:00Z"}""")]
    [InlineData("""{"source":"aws.scheduler","time":"2024-03-01T01:30:00+02:00"}""")]
    [InlineData(
        """{"source":"cloudtrail.stage1","time":"2024-03-01T00:10:00Z","detail":{"year":2024,"month":2,"day":29}}""")]
    [InlineData("""{"source":"cloudtrail.stage1","detail":{"year":"2024","month":"02","day":"29"}}""")]
    [InlineData("""{"source":"cloudtrail.stage1","detail":{"year":2024,"month":2}}""")]
    [InlineData("""{"source":"cloudtrail.stage1","detail":{"month":"2024-02","files":17}}""")]
    [InlineData("""{"year":2024,"month":2}""")]
    [InlineData("""{"year":2024,"month":2,"day":1}""")]
    [InlineData("""{"year":"2024","month":"2","day":"29"}""")]
    [InlineData("""{"year":"2024","month":"02","day":"01","replace":false}""")]
    [InlineData("""{"month":"2024-02"}""")]
    [InlineData("""{"from":"2024-02","to":"2024-02"}""")]
    [InlineData(" {\"month\" : \"2024\\u002d02\"}\n")]
    public void Each_shape_names_its_month(string triggerEvent) =>
        Assert.Equal(
            new MonthRequest(new Month(2024, 2), new Month(2024, 2), Replace: false),
            Read(triggerEvent) with { IsScheduled = false });

    [Theory]
    [InlineData("""{"year":2024,"month":2,"replace":true}""")]
    [InlineData("""{"month":"2024-02","replace":true}""")]
    [InlineData("""{"from":"2024-02","to":"2024-02","replace":true}""")]
    public void Replace_is_taken_from_the_event(string triggerEvent) =>
        Assert.Equal(new MonthRequest(new Month(2024, 2), new Month(2024, 2), Replace: true), Read(triggerEvent));

    [Theory]
    [InlineData("2024-01-01T00:00:00Z", 1, "2023-12")]
    [InlineData("2024-01-01T00:00:00Z", 0, "2024-01")]
    [InlineData("2024-01-31T23:59:59Z", 31, "2023-12")]
    [InlineData("2024-02-01T00:00:00Z", 31, "2024-01")]
    [InlineData("2024-01-02T00:00:00Z", 1, "2024-01")]
    [InlineData("2023-12-31T23:59:59.999Z", 0, "2023-12")]
    [InlineData("2024-03-01T00:00:00Z", 31, "2024-01")]
    [InlineData("2024-03-01T00:59:00+01:00", 0, "2024-02")]
    public void A_schedule_asks_for_the_month_of_its_time_minus_the_lag(string time, int lagDays, string month)
    {
        var request = Read($$"""{"source":"aws.events","time":"{{time}}"}""", lagDays);

        Assert.Equal([month], request.Months.Select(asked => asked.ToString()));
        Assert.False(request.Replace);
    }

    [Theory]
    [InlineData("""{"day":"2024-02-14"}""", 14, false, false)]
    [InlineData("""{"day":"2024-02-29","replace":true}""", 29, true, false)]
    [InlineData("""{"days":{"month":"2024-02"}}""", 0, false, true)]
    [InlineData("""{"days":{"year":2024,"month":2}}""", 0, false, true)]
    public void A_day_and_a_months_days_can_be_asked_for(
        string triggerEvent, int day, bool replace, bool asksForDays) =>
        Assert.Equal(
            new MonthRequest(new Month(2024, 2), new Month(2024, 2), replace) { Day = day, AsksForDays = asksForDays },
            Read(triggerEvent));

    [Theory]
    [InlineData("""{"day":"2024-02-30"}""")]
    [InlineData("""{"day":"2024-2-3"}""")]
    [InlineData("""{"day":14}""")]
    [InlineData("""{"day":"2024-04-16"}""")]
    [InlineData("""{"day":"2012-12-31"}""")]
    [InlineData("""{"day":"2024-02-14","watch":true}""")]
    [InlineData("""{"days":"2024-02"}""")]
    [InlineData("""{"days":{}}""")]
    [InlineData("""{"days":{"month":"2024-02","day":1}}""")]
    [InlineData("""{"days":{"month":"2024-02"},"replace":true}""")]
    public void A_day_that_cannot_be_is_refused(string triggerEvent) =>
        Assert.StartsWith(
            "The event was refused: ", Assert.Throws<AggregationException>(() => Read(triggerEvent)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"source":"aws.events","time":"2024-03-01T04:00:00Z"}""", "2024-02", "2024-02", false, true)]
    [InlineData(
        """{"source":"cloudtrail.daily","detail":{"year":2024,"month":2,"day":29}}""", "2024-02", "2024-02", false,
        false)]
    [InlineData("""{"month":"2024-02","replace":true}""", "2024-02", "2024-02", true, false)]
    [InlineData("""{"from":"2023-11","to":"2024-02"}""", "2023-11", "2024-02", false, false)]
    public void The_months_of_an_event_can_be_asked_for(
        string triggerEvent, string first, string last, bool replace, bool isScheduled)
    {
        var request = Read($$"""{"months":{{triggerEvent}}}""");

        Assert.Equal($"{first} to {last}", $"{request.First} to {request.Last}");
        Assert.Equal(
            (replace, isScheduled, true), (request.Replace, request.IsScheduled, request.AsksForMonths));
    }

    [Theory]
    [InlineData("""{"months":"2024-02"}""")]
    [InlineData("""{"months":{}}""")]
    [InlineData("""{"months":{"day":"2024-02-14"}}""")]
    [InlineData("""{"months":{"days":{"month":"2024-02"}}}""")]
    [InlineData("""{"months":{"months":{"month":"2024-02"}}}""")]
    [InlineData("""{"months":{"watch":true}}""")]
    [InlineData("""{"months":{"month":"2024-05"}}""")]
    [InlineData("""{"months":{"month":"2024-02"},"replace":true}""")]
    public void What_asks_for_no_months_has_none(string triggerEvent) =>
        Assert.StartsWith(
            "The event was refused: ", Assert.Throws<AggregationException>(() => Read(triggerEvent)).Message,
            StringComparison.Ordinal);

    /// <summary>What a state machine passes on from a schedule's event.</summary>
    [Theory]
    [InlineData("""{"month":"2024-02","replace":false,"scheduled":true}""", true)]
    [InlineData("""{"day":"2024-02-14","replace":false,"scheduled":true}""", true)]
    [InlineData("""{"month":"2024-02","scheduled":false}""", false)]
    public void A_request_can_say_that_a_schedule_asked(string triggerEvent, bool isScheduled) =>
        Assert.Equal(isScheduled, Read(triggerEvent).IsScheduled);

    [Fact]
    public void A_range_is_every_month_of_it_in_turn()
    {
        var request = Read("""{"from":"2022-11","to":"2023-02"}""");

        Assert.Equal(["2022-11", "2022-12", "2023-01", "2023-02"], request.Months.Select(month => month.ToString()));
    }

    [Theory]
    [InlineData("2013-01")]
    [InlineData("2024-04")]
    public void The_first_year_of_CloudTrail_and_the_running_month_are_the_limits(string month)
    {
        var request = Read($$"""{"month":"{{month}}"}""");

        Assert.Equal([month], request.Months.Select(asked => asked.ToString()));
        Assert.False(request.Replace);
    }

    [Fact]
    public void A_range_reaches_from_the_first_to_the_running_month()
    {
        var request = Read("""{"from":"2013-01","to":"2024-04"}""");

        Assert.Equal(new MonthRequest(new Month(2013, 1), new Month(2024, 4), Replace: false), request);
        Assert.Equal((11 * 12) + 4, request.Months.Count());
    }

    [Theory]
    [InlineData("""{"month":"2012-12"}""", "2012-12 is before 2013-01")]
    [InlineData("""{"year":1,"month":1}""", "0001-01 is before 2013-01")]
    [InlineData("""{"from":"2012-12","to":"2013-02"}""", "2012-12 is before 2013-01")]
    [InlineData("""{"month":"2024-05"}""", "2024-05 is in the future (it is 2024-04 now, UTC)")]
    [InlineData("""{"from":"2024-03","to":"9999-12"}""", "9999-12 is in the future")]
    [InlineData("""{"source":"aws.events","time":"2024-05-02T00:00:00Z"}""", "2024-05 is in the future")]
    [InlineData("""{"source":"aws.events","time":"0001-01-01T00:00:00Z"}""", "\"time\"")]
    [InlineData("""{"from":"2024-03","to":"2024-02"}""", "\"from\" 2024-03 is after \"to\" 2024-02")]
    [InlineData("""{"from":"2024-02"}""", "\"from\" and \"to\" are wanted")]
    [InlineData("""{"to":"2024-02"}""", "\"from\" and \"to\" are wanted")]
    [InlineData("""{"from":"2024-2","to":"2024-03"}""", "both as YYYY-MM")]
    [InlineData("""{"from":202402,"to":202403}""", "both as YYYY-MM")]
    [InlineData("""{"from":"2024-02","to":"2024-03","month":"2024-02"}""", "no other month")]
    [InlineData("""{"year":2024,"month":2,"day":30}""", "\"day\" is not a day of the month")]
    [InlineData("""{"year":2023,"month":2,"day":29}""", "\"day\"")]
    [InlineData("""{"year":2024,"month":2,"day":0}""", "\"day\"")]
    [InlineData("""{"year":2024,"month":2,"day":1.5}""", "\"day\"")]
    [InlineData("""{"year":2024,"month":2,"day":null}""", "\"day\"")]
    [InlineData("""{"year":2024}""", "\"year\" and \"month\" do not make a month")]
    [InlineData("""{"year":2024,"month":13}""", "do not make a month")]
    [InlineData("""{"year":2024,"month":0}""", "do not make a month")]
    [InlineData("""{"year":2024,"month":"-2"}""", "do not make a month")]
    [InlineData("""{"year":2024,"month":" 2"}""", "do not make a month")]
    [InlineData("""{"year":99999999999,"month":2}""", "do not make a month")]
    [InlineData("""{"year":2024,"month":"2024-02"}""", "do not make a month")]
    [InlineData("""{"month":2}""", "it names no month")]
    [InlineData("""{"month":"2024-13"}""", "it names no month")]
    [InlineData("""{"month":"2024-02-01"}""", "it names no month")]
    [InlineData("{}", "it names no month")]
    [InlineData("""{"month":"2024-02","replace":"yes"}""", "\"replace\" is neither true nor false")]
    [InlineData("""{"month":"2024-02","replace":1}""", "\"replace\"")]
    [InlineData("""{"month":"2024-02","scheduled":1}""", "\"scheduled\" is neither true nor false")]
    [InlineData("""{"month":"2024-02","repalce":true}""", "\"repalce\" is not known")]
    [InlineData("""{"key1":"value1","key2":"value2","key3":"value3"}""", "\"key1\" is not known")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","s3":{}}]}""", "\"Records\" is not known")]
    [InlineData("""{"source":"aws.events"}""", "a scheduled event has no \"time\" that can be read")]
    [InlineData("""{"source":"aws.scheduler","time":"soon"}""", "\"time\"")]
    [InlineData("""{"source":"aws.events","time":1709265600}""", "\"time\"")]
    [InlineData("""{"source":"cloudtrail.stage1"}""", "an event of source \"cloudtrail.stage1\" has no \"detail\"")]
    [InlineData("""{"source":"cloudtrail.stage1","detail":"{}"}""", "no \"detail\" with year and month")]
    [InlineData("""{"source":"aws.s3","detail":{"bucket":{"name":"b"}}}""", "it names no month")]
    [InlineData("""{"source":7,"detail":[]}""", "no \"detail\" with year and month")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("\"2024-02\"", "it is not a JSON object")]
    [InlineData("null", "it is not a JSON object")]
    [InlineData("", "it is not JSON")]
    [InlineData("month=2024-02", "it is not JSON")]
    [InlineData("""{"month":"2024-02"}{}""", "it is not JSON")]
    [InlineData("""{"month":"\ud800"}""", "a text in it is not valid Unicode")]
    [InlineData("""{"\udc00":1}""", "a text in it is not valid Unicode")]
    public void What_has_none_of_the_shapes_is_refused_with_the_shapes_in_the_message(
        string triggerEvent, string reason)
    {
        var refused = Assert.Throws<AggregationException>(() => Read(triggerEvent));

        Assert.StartsWith("The event was refused: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Send one of: an EventBridge schedule (source aws.events or aws.scheduler, with time); "
            + """an EventBridge event with detail {"year":2024,"month":2}; """
            + """{"year":2024,"month":2} or {"month":"2024-02"}, with "replace":true if a month may get smaller; """
            + """{"from":"2023-01","to":"2023-12"}; {"day":"2024-02-14"}; """
            + """{"days":{"month":"2024-02"}}, which asks for the month's days; """
            + """{"months":{"from":"2023-01","to":"2023-12"}}, which asks for the months of any of these; """
            + """{"watch":true}, which asks whether last month was written; """
            + "any of these as a message of SNS; an SQS batch of any of these.",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shape_of_the_message_is_accepted_and_means_its_months()
    {
        string message = Assert.Throws<AggregationException>(() => Read("{}")).Message;

        string[] shapes = [.. Shape().Matches(message).Select(shape => shape.Value)];

        Assert.Equal(
            [
                "2024-02 to 2024-02", "2024-02 to 2024-02", "2024-02 to 2024-02", "2023-01 to 2023-12",
                "2024-02 to 2024-02", "2024-02 to 2024-02", "2023-01 to 2023-12", "2024-03 to 2024-03",
            ],
            shapes.Select(shape => Read(shape)).Select(request => $"{request.First} to {request.Last}"));
    }

    [Fact]
    public void An_SQS_batch_is_its_messages()
    {
        var messages = TriggerReader.ReadMessages(Batch(("a", """{"month":"2024-02"}"""), ("b", "not JSON")));

        Assert.Equal([new QueueMessage("a", """{"month":"2024-02"}"""), new QueueMessage("b", "not JSON")], messages);
    }

    [Theory]
    [InlineData("""{"Records":[]}""")]
    [InlineData("""{"Records":{}}""")]
    [InlineData("""{"Records":[{"messageId":"1","eventSource":"aws:sns","body":"{}"}]}""")]
    [InlineData("""{"Records":[{"messageId":"1","eventSource":"aws:sqs"}]}""")]
    [InlineData("""{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}""")]
    [InlineData("""{"Records":[{"messageId":"1","eventSource":"aws:sqs","body":"{}"},7]}""")]
    [InlineData("""{"month":"2024-02"}""")]
    [InlineData("[]")]
    public void What_is_no_SQS_batch_is_left_to_the_other_shapes(string triggerEvent) =>
        Assert.Null(TriggerReader.ReadMessages(Encoding.UTF8.GetBytes(triggerEvent)));

    [GeneratedRegex(@"\{([^{}]|\{[^{}]*\})*\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();

    /// <summary>A batch as SQS delivers it.</summary>
    internal static byte[] Batch(params IEnumerable<(string Id, string Body)> messages) =>
        JsonSerializer.SerializeToUtf8Bytes(new
    {
        Records = messages.Select(message => new
        {
            messageId = message.Id,
            receiptHandle = "handle",
            body = message.Body,
            attributes = new { ApproximateReceiveCount = "1" },
            eventSource = "aws:sqs",
            eventSourceARN = "arn:aws:sqs:eu-central-1:123456789012:months",
            awsRegion = "eu-central-1",
        }),
    });

    private static MonthRequest Read(string triggerEvent, int lagDays = 1) => new TriggerReader(lagDays, Now)
        .Read(Encoding.UTF8.GetBytes(triggerEvent));
}
