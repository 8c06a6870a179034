using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Trigger;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>Messages of a queue and of a topic.</summary>
public sealed class BatchTests : IDisposable
{
    private readonly FunctionRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_batch_of_which_every_message_failed_fails_the_invocation_after_all_were_tried(int messages)
    {
        Directory.CreateDirectory(_run.Months.Source);
        (string, string)[] batch = [("a", "not JSON"), ("b", "{}"), ("c", """{"month":"2024-13"}""")];

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => _run.AnswerAsync(Encoding.UTF8.GetString(TriggerReaderTests.Batch(batch[..messages]))));

        Assert.StartsWith(
            $"The SQS batch: {(messages == 1 ? "its message" : "each of its 3 messages")} failed and will be delivered "
            + "again. The log has the reason of each. The first: The event was refused: it is not JSON. ",
            failure.Message, StringComparison.Ordinal);
        Assert.Equal(messages, _run.Lines("Error").Count);
    }

    [Fact]
    public async Task A_batch_through_a_topic_runs_with_or_without_its_envelope()
    {
        _run.Months.Write("2024/01/01/a.ndjson", Months.Event(1));
        _run.Months.Write("2024/02/01/a.ndjson", Months.Event(2));

        var answer = await _run.AnswerAsync(Encoding.UTF8.GetString(TriggerReaderTests.Batch(
            [
                ("a", SnsTests.Envelope("""{"month":"2024-01"}""")),
                ("b", """{"month":"2024-02"}"""),
                ("c", SnsTests.Envelope("hello")),
            ])));

        Assert.Equal(
            ["2024-01", "2024-02"],
            answer.GetProperty("months").EnumerateArray().Select(month => LogLines.Text(month, "month")));
        Assert.Equal("""[{"itemIdentifier":"c"}]""", answer.GetProperty("batchItemFailures").GetRawText());
    }

    [Fact]
    public async Task A_topic_that_calls_the_function_is_answered_with_the_report_and_its_failure_fails_the_invocation()
    {
        _run.Months.Write("2024/02/01/a.ndjson", Months.Event(2));

        var answer = await _run.AnswerAsync(SnsTests.TopicEvent("""{"month":"2024-02"}"""));

        Assert.Equal(["months"], answer.EnumerateObject().Select(member => member.Name));
        await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(SnsTests.TopicEvent("hello")));
    }
}
