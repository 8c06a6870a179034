using System.Text;
using Amazon.Lambda.Core;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Trigger;

namespace CloudTrailAggregation;

/// <summary>What Lambda calls: event bytes -> request -> report bytes.</summary>
/// <param name="settings">Read once at start.</param>
/// <param name="source">Where stage 1 leaves its files.</param>
/// <param name="destination">Where the Parquet files go.</param>
/// <param name="time">The clock.</param>
/// <param name="output">Standard output, for log and metric lines.</param>
public sealed class Handler(Settings settings, IObjectStore source, IObjectStore destination, TimeProvider time, Stream output)
{
    private readonly TriggerReader _triggers = new(settings.ScheduleLagDays, time);

    /// <exception cref="AggregationException">The event was refused, or a month failed and stayed as it was.</exception>
    public async Task<Stream> HandleAsync(Stream triggerEvent, ILambdaContext context)
    {
        using var bytes = new MemoryStream();
        await triggerEvent.CopyToAsync(bytes);
        ReadOnlyMemory<byte> body = bytes.ToArray();

        using var invocation = new Invocation(settings, source, destination, time, output, context);
        var failed = Logged(invocation, () => TriggerReader.ReadMessages(body)) is { } messages
            ? await RunBatchAsync(invocation, messages)
            : await RunAsync(invocation, body);
        return new InvocationReport(invocation.Done, failed).ToJson();
    }

    private async Task<IReadOnlyList<string>?> RunAsync(Invocation invocation, ReadOnlyMemory<byte> body)
    {
        await invocation.RunAsync(Logged(invocation, () => _triggers.Read(body)));
        return null;
    }

    /// <summary>Each message on its own: one that fails is delivered again, and does not hold up the others.</summary>
    /// <exception cref="AggregationException">
    /// Each one failed. An answer that names them all would count as a success: no alarm hears of it until the queue gives
    /// the messages up, hours later. A failed invocation brings all of them back too.
    /// </exception>
    private async Task<IReadOnlyList<string>> RunBatchAsync(Invocation invocation, IReadOnlyList<QueueMessage> messages)
    {
        var failed = new List<string>();
        var reasons = new List<string>();
        foreach (var message in messages)
        {
            try
            {
                await invocation.RunAsync(Logged(invocation, () => _triggers.Read(Encoding.UTF8.GetBytes(message.Body))));
            }
            catch (AggregationException failure)
            {
                // Logged where it failed.
                failed.Add(message.Id);
                reasons.Add(failure.Message);
            }
        }

        return failed.Count < messages.Count
            ? failed
            : throw new AggregationException($"The SQS batch: {(messages.Count == 1 ? "its message" : $"each of its {messages.Count} messages")} failed and will be delivered again. The log has the reason of each. The first: {reasons[0]}");
    }

    private static T Logged<T>(Invocation invocation, Func<T> read)
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
