using System.Globalization;
using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Trigger;

/// <summary>
/// Reads which months an event asks for. The shapes of events are documented at
/// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html and
/// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
/// </summary>
/// <param name="scheduleLagDays">A scheduled event asks for the month of its time minus this number of days.</param>
/// <param name="time">The clock; months in the future are refused.</param>
public sealed class TriggerReader(int scheduleLagDays, TimeProvider time)
{
    /// <summary>The maximum number of characters of an event that a message quotes.</summary>
    private const int MaxQuoted = 80;

    private const string Shapes =
        "Send one of: an EventBridge schedule (source aws.events or aws.scheduler, with time); "
        + "an EventBridge event with detail {\"year\":2024,\"month\":2}; "
        + "{\"year\":2024,\"month\":2} or {\"month\":\"2024-02\"}, with \"replace\":true if a month may get smaller; "
        + "{\"from\":\"2023-01\",\"to\":\"2023-12\"}; {\"day\":\"2024-02-14\"}; {\"days\":{\"month\":\"2024-02\"}}, which "
        + "asks for the month's days; {\"months\":{\"from\":\"2023-01\",\"to\":\"2023-12\"}}, which asks for the months "
        + "of any of these; {\"watch\":true}, which asks whether last month was written; "
        + "any of these as a message of SNS; an SQS batch of any of these.";

    private static readonly HashSet<string> DirectMembers =
        new(StringComparer.Ordinal)
        {
            "year", "month", "months", "day", "days", "from", "to", "replace", "scheduled", "watch",
        };

    /// <summary>The messages of an SQS batch; null if the event is no batch.</summary>
    /// <exception cref="AggregationException">The event is not JSON.</exception>
    public static IReadOnlyList<QueueMessage>? ReadMessages(ReadOnlyMemory<byte> triggerEvent)
    {
        using var document = Parse(triggerEvent);
        if (!IsObject(document.RootElement) || !document.RootElement.TryGetProperty("Records", out var records)
            || records.ValueKind != JsonValueKind.Array || records.GetArrayLength() == 0)
        {
            return null;
        }

        var messages = new List<QueueMessage>();
        foreach (var record in records.EnumerateArray())
        {
            if (!IsObject(record) || TextOf(record, "eventSource") != "aws:sqs"
                || TextOf(record, "messageId") is not { } id || TextOf(record, "body") is not { } body)
            {
                return null;
            }

            messages.Add(new QueueMessage(id, body));
        }

        return messages;
    }

    /// <summary>The months that an event asks for.</summary>
    /// <exception cref="AggregationException">
    /// The event has none of the shapes, or asks for an impossible month.
    /// </exception>
    public MonthRequest Read(ReadOnlyMemory<byte> triggerEvent)
    {
        using var document = Parse(triggerEvent);
        if (MessageOfSns(document.RootElement) is not { } text)
        {
            return Read(document.RootElement);
        }

        using var message = Parse(Encoding.UTF8.GetBytes(text));
        return Read(message.RootElement);
    }

    private MonthRequest Read(JsonElement root)
    {
        if (!IsObject(root))
        {
            throw Refused("it is not a JSON object");
        }

        var request = root.TryGetProperty("source", out _) ? ReadEventBridge(root) : ReadDirect(root);
        RequirePossible(request);
        return request;
    }

    private MonthRequest ReadDirect(JsonElement root)
    {
        var names = root.EnumerateObject().Select(member => member.Name);
        if (names.FirstOrDefault(name => !DirectMembers.Contains(name)) is { } unknown)
        {
            throw Refused($"\"{Start(unknown)}\" is not known");
        }

        if (root.TryGetProperty("watch", out var watch))
        {
            return watch.ValueKind == JsonValueKind.True && root.EnumerateObject().Count() == 1
                ? SingleMonth(WrittenMonth.LastDue(time.GetUtcNow())) with { IsWatch = true }
                : throw Refused("\"watch\" is true and alone, or absent");
        }

        if (root.TryGetProperty("days", out var days))
        {
            return IsObject(days) && root.EnumerateObject().Count() == 1
                && !days.EnumerateObject().Any(member => member.Name is not ("year" or "month"))
                ? SingleMonth(ReadMonth(days)) with { AsksForDays = true }
                : throw Refused("\"days\" is a month such as {\"month\":\"2024-02\"} and alone, or absent");
        }

        return root.TryGetProperty("months", out var months) ? ReadMonths(root, months) : ReadWritten(root);
    }

    /// <summary>Reads which months an event asks for that is sent to a state machine.</summary>
    private MonthRequest ReadMonths(JsonElement root, JsonElement months)
    {
        if (!IsObject(months) || root.EnumerateObject().Count() > 1)
        {
            throw Refused("\"months\" is an event that asks for months and alone, or absent");
        }

        var request = Read(months);
        return request is { IsWatch: false, Day: 0, AsksForDays: false, AsksForMonths: false }
            ? request with { AsksForMonths = true }
            : throw Refused("\"months\" has an event that does not ask for months");
    }

    /// <summary>Reads a request that writes: a day, a range or a month.</summary>
    private static MonthRequest ReadWritten(JsonElement root)
    {
        bool isRange = root.TryGetProperty("from", out _) || root.TryGetProperty("to", out _);
        bool isMonth = root.TryGetProperty("year", out _) || root.TryGetProperty("month", out _);
        var request = isRange ? ReadRange(root)
            : root.TryGetProperty("day", out _) && !isMonth ? ReadDay(root)
            : SingleMonth(ReadMonth(root));
        return request with
        {
            Replace = ReadFlag(root, "replace"), IsScheduled = ReadFlag(root, "scheduled"),
        };
    }

    /// <summary>
    /// The message of an SNS topic, from either of two shapes: the event of exactly one record with which SNS calls a
    /// function, or the envelope that SNS puts around a message in a queue without raw delivery. Otherwise null.
    /// </summary>
    private static string? MessageOfSns(JsonElement root)
    {
        if (!IsObject(root))
        {
            return null;
        }

        if (root.TryGetProperty("Records", out var records)
            && records.ValueKind == JsonValueKind.Array && records.GetArrayLength() == 1
            && IsObject(records[0]) && TextOf(records[0], "EventSource") == "aws:sns"
            && records[0].TryGetProperty("Sns", out var notification) && IsObject(notification))
        {
            return TextOf(notification, "Message");
        }

        return TextOf(root, "Type") == "Notification" ? TextOf(root, "Message") : null;
    }

    private MonthRequest ReadEventBridge(JsonElement root)
    {
        string? source = TextOf(root, "source");
        if (source is "aws.events" or "aws.scheduler")
        {
            return TextOf(root, "time") is { } text
                && DateTimeOffset.TryParse(
                    text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
                && instant.UtcDateTime > DateTime.MinValue.AddDays(scheduleLagDays)
                ? SingleMonth(Month.Of(instant.AddDays(-scheduleLagDays))) with { IsScheduled = true }
                : throw Refused("a scheduled event has no \"time\" that can be read");
        }

        return root.TryGetProperty("detail", out var detail) && IsObject(detail)
            ? SingleMonth(ReadMonth(detail))
            : throw Refused($"an event of source \"{Start(source)}\" has no \"detail\" with year and month");
    }

    private static MonthRequest ReadRange(JsonElement root)
    {
        if (root.TryGetProperty("year", out _)
            || root.TryGetProperty("month", out _)
            || root.TryGetProperty("day", out _)
            || !Month.TryParse(TextOf(root, "from"), out var first)
            || !Month.TryParse(TextOf(root, "to"), out var last))
        {
            throw Refused("\"from\" and \"to\" are wanted, both as YYYY-MM, and no other month");
        }

        return first <= last
            ? new MonthRequest(first, last, Replace: false)
            : throw Refused($"\"from\" {first} is after \"to\" {last}");
    }

    /// <summary>
    /// Reads year and month as numbers or strings, or month as YYYY-MM. A day is checked, and asks for its month.
    /// </summary>
    private static Month ReadMonth(JsonElement root)
    {
        if (!root.TryGetProperty("year", out var yearElement))
        {
            return Month.TryParse(TextOf(root, "month"), out var month)
                ? month
                : throw Refused("it names no month");
        }

        if (NumberOf(yearElement) is not (>= 1 and <= 9999 and var year)
            || !root.TryGetProperty("month", out var monthElement)
            || NumberOf(monthElement) is not (>= 1 and <= 12 and var number))
        {
            throw Refused("\"year\" and \"month\" do not make a month");
        }

        return !root.TryGetProperty("day", out var dayElement)
            || (NumberOf(dayElement) is { } day && day >= 1 && day <= DateTime.DaysInMonth(year, number))
            ? new Month(year, number)
            : throw Refused("\"day\" is not a day of the month");
    }

    private static MonthRequest ReadDay(JsonElement root) =>
        DateOnly.TryParseExact(
            TextOf(root, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? SingleMonth(new Month(day.Year, day.Month)) with { Day = day.Day }
            : throw Refused("\"day\" is no day such as \"2024-02-14\"");

    private static bool ReadFlag(JsonElement root, string name) =>
        root.TryGetProperty(name, out var flag)
        && (flag.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? flag.GetBoolean()
            : throw Refused($"\"{name}\" is neither true nor false"));

    private void RequirePossible(MonthRequest request)
    {
        if (request.First < Month.First)
        {
            throw Refused($"{request.First} is before {Month.First}, the year of the first CloudTrail events");
        }

        var current = Month.Of(time.GetUtcNow());
        if (request.Last > current)
        {
            throw Refused($"{request.Last} is in the future (it is {current} now, UTC)");
        }

        if (request.Last == current && request.Day > time.GetUtcNow().Day)
        {
            throw Refused($"{new Unit(current, request.Day)} is in the future");
        }
    }

    private static MonthRequest SingleMonth(Month month) => new(month, month, Replace: false);

    private static JsonDocument Parse(ReadOnlyMemory<byte> triggerEvent)
    {
        try
        {
            RequireValidText(triggerEvent.Span);
            return JsonDocument.Parse(triggerEvent);
        }
        catch (JsonException)
        {
            throw Refused("it is not JSON");
        }
        catch (InvalidOperationException)
        {
            throw Refused("a text in it is not valid Unicode");
        }
    }

    /// <summary>
    /// Reads every text now, because half a surrogate pair, written as an escape, throws only when its text is read.
    /// </summary>
    private static void RequireValidText(ReadOnlySpan<byte> triggerEvent)
    {
        var reader = new Utf8JsonReader(triggerEvent);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }

    private static bool IsObject(JsonElement element) => element.ValueKind == JsonValueKind.Object;

    private static string? TextOf(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int? NumberOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number) ? number
        : element.ValueKind == JsonValueKind.String
            && int.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
        : null;

    /// <summary>A name, or the start of a long one.</summary>
    private static string? Start(string? name) => name is { Length: > MaxQuoted } ? name[..MaxQuoted] + " …" : name;

    private static AggregationException Refused(string why) => new($"The event was refused: {why}. {Shapes}");
}
