using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using Microsoft.Extensions.Logging;

namespace CloudTrailAggregation;

/// <summary>
/// Writes one JSON object per line, with the members that Lambda's JSON log format defines (timestamp, level,
/// requestId, message) and one for each parameter of the log method. It writes to standard output directly, because
/// RuntimeSupport replaces Console.Out and would wrap each line in another message.
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
/// </summary>
internal sealed class JsonLineLogger(Stream output, LogLevel level, TimeProvider time, string? requestId) : ILogger
{
    private static readonly Lock OutputLock = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        WriteLine(output, json =>
        {
            json.WriteString("timestamp", Timestamp());
            json.WriteString("level", logLevel.ToString());
            if (requestId is not null)
            {
                json.WriteString("requestId", requestId);
            }

            json.WriteString("message", Secrets.RemoveFrom(formatter(state, exception)));
            WriteMembers(json, state);
            if (exception is not null)
            {
                json.WriteString("exception", Secrets.RemoveFrom(exception.ToString()));
            }
        });
    }

    /// <summary>Writes one object and its newline at once, so that lines from several threads do not mix.</summary>
    public static void WriteLine(Stream output, Action<Utf8JsonWriter> members)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, ReadableJson.Writer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        lock (OutputLock)
        {
            output.Write(line.WrittenSpan);
            output.Flush();
        }
    }

    private string Timestamp() =>
        time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteMembers<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> members)
        {
            return;
        }

        foreach (var (name, value) in members)
        {
            if (name == "{OriginalFormat}")
            {
                continue;
            }

            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
            switch (value)
            {
                case RawJson raw:
                    json.WriteRawValue(raw.Text);
                    break;
                case int or long:
                    json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                default:
                    json.WriteStringValue(value?.ToString() is { } text ? Secrets.RemoveFrom(text) : null);
                    break;
            }
        }
    }
}
