using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Trigger;

namespace CloudTrailAggregation;

/// <summary>
/// The answer to an event: a report for each month or day; an event's months, a month's days or whether a month was
/// written if that was asked; and for an SQS batch the ids of the messages to deliver again.
/// </summary>
internal sealed record InvocationReport(
    IReadOnlyList<RunReport> Months,
    MonthRequest? Asked,
    IReadOnlyList<DateOnly>? Days,
    WrittenMonth? Watched,
    IReadOnlyList<string>? FailedMessages)
{
    public Stream ToJson()
    {
        var answer = new MemoryStream();
        using (var json = new Utf8JsonWriter(answer, ReadableJson.Writer))
        {
            json.WriteStartObject();
            json.WriteStartArray("months");
            foreach (var month in Months)
            {
                JsonSerializer.Serialize(json, month, ReportJson.Readable.RunReport);
            }

            json.WriteEndArray();
            if (Asked is not null)
            {
                WriteRequests(json, Asked);
            }

            if (Days is not null)
            {
                json.WriteStartArray("days");
                foreach (var day in Days)
                {
                    json.WriteStringValue(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                }

                json.WriteEndArray();
            }

            if (Watched is not null)
            {
                json.WritePropertyName("watch");
                JsonSerializer.Serialize(json, Watched, ReportJson.Readable.WrittenMonth);
            }

            if (FailedMessages is not null)
            {
                json.WriteStartArray("batchItemFailures");
                foreach (string message in FailedMessages)
                {
                    json.WriteStartObject();
                    json.WriteString("itemIdentifier", message);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        answer.Position = 0;
        return answer;
    }

    /// <summary>
    /// Writes an event for each of its months, with every member, because a state machine's paths need each of them.
    /// </summary>
    private static void WriteRequests(Utf8JsonWriter json, MonthRequest asked)
    {
        json.WriteStartArray("requests");
        foreach (var month in asked.Months)
        {
            json.WriteStartObject();
            json.WriteString("month", month.ToString());
            json.WriteBoolean("replace", asked.Replace);
            json.WriteBoolean("scheduled", asked.IsScheduled);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
