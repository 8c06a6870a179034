using System.Text;
using Amazon.Lambda.Core;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Trigger;

namespace CloudTrailAggregation;

/// <summary>Handles an invocation for Lambda: event bytes -> request -> report bytes.</summary>
/// <param name="settings">The function's settings.</param>
/// <param name="source">The store that holds the events.</param>
/// <param name="destination">The store for the Parquet files.</param>
/// <param name="time">The clock.</param>
/// <param name="output">Standard output, for log and metric lines.</param>
public sealed class Handler(
    Settings settings, IObjectStore source, IObjectStore destination, TimeProvider time, Stream output)
{
    private readonly TriggerReader _triggers = new(settings.ScheduleLagDays, time);

    /// <summary>Runs the months that an event asks for.</summary>
    /// <returns>The report as JSON.</returns>
    /// <exception cref="AggregationException">The event was refused, or a month failed and is unchanged.</exception>
    public async Task<Stream> HandleAsync(Stream triggerEvent, ILambdaContext context)
    {
        using var bytes = new MemoryStream();
        await triggerEvent.CopyToAsync(bytes);
        ReadOnlyMemory<byte> body = bytes.ToArray();

        using var invocation = new Invocation(settings, source, destination, time, output, context);
        var failed = LogRefusal(invocation, () => TriggerReader.ReadMessages(body)) is { } messages
            ? await RunBatchAsync(invocation, messages)
            : await RunAsync(invocation, body);
        return new InvocationReport(invocation.Done, invocation.Asked, invocation.Days, invocation.Watched, failed)
            .ToJson();
    }

    private async Task<IReadOnlyList<string>?> RunAsync(Invocation invocation, ReadOnlyMemory<byte> body)
    {
        await invocation.RunAsync(LogRefusal(invocation, () => _triggers.Read(body)));
        return null;
    }

    /// <summary>
    /// Runs each message separately: SQS delivers a failed message again, and a failure does not stop the next message.
    /// </summary>
    /// <returns>The ids of the failed messages.</returns>
    /// <exception cref="AggregationException">
    /// Every message failed. SQS then delivers all of them again, as it would after an answer that names them all. But
    /// such an answer would count as a success, and no alarm would fire until the queue drops the messages, hours
    /// later.
    /// </exception>
    private async Task<IReadOnlyList<string>> RunBatchAsync(
        Invocation invocation, IReadOnlyList<QueueMessage> messages)
    {
        var failed = new List<string>();
        var reasons = new List<string>();
        foreach (var message in messages)
        {
            try
            {
                byte[] body = Encoding.UTF8.GetBytes(message.Body);
                await invocation.RunAsync(LogRefusal(invocation, () => _triggers.Read(body)));
            }
            catch (AggregationException failure)
            {
                // The run or LogRefusal has logged the failure.
                failed.Add(message.Id);
                reasons.Add(failure.Message);
            }
        }

        return failed.Count < messages.Count ? failed : throw new AggregationException(
            $"The SQS batch: {(messages.Count == 1 ? "its message" : $"each of its {messages.Count} messages")} failed "
            + $"and will be delivered again. The log has the reason of each. The first: {reasons[0]}");
    }

    /// <summary>Reads an event, and logs the reason if it is refused.</summary>

    private static T LogRefusal<T>(Invocation invocation, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (AggregationException refused)
        {
            Log.EventRefused(invocation.Logger, refused.Message);
            throw;
        }
    }
}
