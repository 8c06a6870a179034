using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Trigger;
using Xunit;

namespace CloudTrailAggregation.Tests.Trigger;

/// <summary>Requests through an SNS topic: its event to a function, and its envelope in a queue.</summary>
public class SnsTests
{
    private static readonly FakeTime Now = new(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Each shape, as the text that a publisher sends.</summary>
    public static readonly TheoryData<string> Messages =
    [
        """{"month":"2024-02"}""",
        """{"year":2024,"month":2}""",
        """{"from":"2024-02","to":"2024-02"}""",
        """{"source":"cloudtrail.daily","detail":{"year":2024,"month":2,"day":29}}""",
        """{"source":"aws.scheduler","time":"2024-03-01T00:00:00Z","detail":"{}"}""",
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_event_by_which_a_topic_calls_the_function_is_its_message(string message) =>
        Assert.Equal(new Month(2024, 2), Read(TopicEvent(message)).First);

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_envelope_in_a_queue_is_opened(string message) =>
        Assert.Equal(new Month(2024, 2), Read(Envelope(message)).First);

    [Fact]
    public void What_the_message_asks_for_is_kept()
    {
        Assert.True(Read(Envelope("""{"month":"2024-02","replace":true}""")).Replace);
        Assert.True(Read(TopicEvent("""{"source":"aws.events","time":"2024-03-01T04:00:00Z"}""")).IsScheduled);
        Assert.False(Read(Envelope("""{"month":"2024-02"}""")).IsScheduled);
    }

    [Theory]
    [InlineData("hello", "it is not JSON")]
    [InlineData("", "it is not JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{}", "it names no month")]
    [InlineData("""{"month":"\ud800"}""", "a text in it is not valid Unicode")]
    [InlineData("""{"AlarmName":"a","NewStateValue":"ALARM"}""", "\"AlarmName\" is not known")]
    [InlineData("""{"Type":"Notification","Message":"{\"month\":\"2024-02\"}"}""", "\"Type\" is not known")]
    public void A_message_that_has_none_of_the_shapes_is_refused_as_it_would_be_without_SNS(
        string message, string reason)
    {
        Assert.Contains(reason, Refused(Envelope(message)), StringComparison.Ordinal);
        Assert.Contains(reason, Refused(TopicEvent(message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"Type":"SubscriptionConfirmation","Message":"You have chosen to subscribe","SubscribeURL":"https://sns.eu-central-1.amazonaws.com/"}""",
        "\"Type\" is not known")]
    [InlineData("""{"Type":"Notification","Message":{"month":"2024-02"}}""", "\"Type\" is not known")]
    [InlineData("""{"Type":"Notification"}""", "\"Type\" is not known")]
    [InlineData("""{"Records":[{"EventSource":"aws:sns"}]}""", "\"Records\" is not known")]
    [InlineData("""{"Records":[{"EventSource":"aws:sns","Sns":"{}"}]}""", "\"Records\" is not known")]
    [InlineData("""{"Records":[{"EventSource":"aws:sns","Sns":{"Message":7}}]}""", "\"Records\" is not known")]
    [InlineData(
        """{"Records":[{"EventSource":"aws:ses","Sns":{"Message":"{\"month\":\"2024-02\"}"}}]}""",
        "\"Records\" is not known")]
    [InlineData(
        """{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"{}"}},{"EventSource":"aws:sns","Sns":{"Message":"{}"}}]}""",
        "\"Records\" is not known")]
    public void What_only_looks_like_SNS_is_refused_with_the_shapes(string triggerEvent, string reason)
    {
        string message = Refused(triggerEvent);

        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.EndsWith(
            "any of these as a message of SNS; an SQS batch of any of these.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"source":"aws.events","time":"2024-03-01T04:00:00Z"}""", true)]
    [InlineData("""{"source":"aws.scheduler","time":"2024-03-01T04:00:00Z","detail":"{}"}""", true)]
    [InlineData(
        """{"source":"cloudtrail.daily","time":"2024-03-01T04:00:00Z","detail":{"year":2024,"month":2}}""", false)]
    [InlineData("""{"month":"2024-02"}""", false)]
    [InlineData("""{"from":"2024-02","to":"2024-03"}""", false)]
    public void Only_schedules_are_scheduled(string triggerEvent, bool isScheduled) =>
        Assert.Equal(isScheduled, Read(triggerEvent).IsScheduled);

    /// <summary>The message as SNS sends it to a queue without raw delivery.</summary>
    internal static string Envelope(string message) => JsonSerializer.Serialize(new
    {
        Type = "Notification",
        MessageId = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        TopicArn = "arn:aws:sns:eu-central-1:123456789012:months",
        Subject = "CloudTrail day complete",
        Message = message,
        Timestamp = "2024-03-01T04:00:00.000Z",
        SignatureVersion = "1",
        Signature = "c2lnbmF0dXJl",
        SigningCertURL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem",
        UnsubscribeURL = "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
        MessageAttributes = new { },
    });

    /// <summary>The event that SNS sends to a function.</summary>
    internal static string TopicEvent(string message) => JsonSerializer.Serialize(new
    {
        Records = new[]
        {
            new
            {
                EventSource = "aws:sns",
                EventVersion = "1.0",
                EventSubscriptionArn =
                    "arn:aws:sns:eu-central-1:123456789012:months:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
                Sns = new
                {
                    Type = "Notification",
                    MessageId = "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                    TopicArn = "arn:aws:sns:eu-central-1:123456789012:months",
                    Message = message,
                    Timestamp = "2024-03-01T04:00:00.000Z",
                },
            },
        },
    });

    private static MonthRequest Read(string triggerEvent) => new TriggerReader(scheduleLagDays: 1, Now)
        .Read(Encoding.UTF8.GetBytes(triggerEvent));

    private static string Refused(string triggerEvent) =>
        Assert.Throws<AggregationException>(() => Read(triggerEvent)).Message;
}
