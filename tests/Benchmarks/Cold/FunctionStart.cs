using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Tests.Runtime;

namespace CloudTrailAggregation.Benchmarks.Cold;

/// <summary>What one start of the function took.</summary>
/// <param name="FirstNext">Time from the start of .NET's host to the request for the first event.</param>
/// <param name="FirstAnswer">Time from the start of .NET's host to the answer to the first event.</param>
/// <param name="Cpu">User and system time of the process, the mounts before .NET's host included.</param>
/// <param name="PeakBytes">The maximum of its resident memory.</param>
internal readonly record struct StartTimes(TimeSpan FirstNext, TimeSpan FirstAnswer, TimeSpan Cpu, long PeakBytes);

/// <summary>
/// Starts the published function as Lambda does, with the event already waiting, and answers to nothing but its first
/// event: the sample month, written anew to its own prefix.
/// </summary>
/// <param name="name">The name in the tables.</param>
/// <param name="installed">The function and its layer.</param>
/// <param name="cores">The cores that it may use, as a list for taskset.</param>
/// <param name="endpointUrl">The address of an <see cref="ObjectServer"/> with the sample month.</param>
internal sealed class FunctionStart(string name, InstalledFunction installed, string cores, string endpointUrl)
{
    private static int _started;

    public string Name => name;

    public List<StartTimes> Rounds { get; } = [];

    /// <exception cref="InvalidOperationException">The function did not write the month.</exception>
    public async Task<StartTimes> RunAsync()
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"function-{Interlocked.Increment(ref _started)}/");
        await using var function = new LambdaProcess(
            installed, cores, "JSON",
            ("SRC_BUCKET", ObjectServer.SourceBucket), ("SRC_PREFIX", SampleTrail.Prefix),
            ("DST_BUCKET", ObjectServer.WrittenBucket), ("DST_PREFIX", prefix),
            ("AWS_ENDPOINT_URL_S3", endpointUrl));
        var answer = await function.InvokeAsync($$"""{"month":"{{SampleTrail.Month}}"}""");
        var answered = DateTimeOffset.UtcNow;
        var (cpu, peak) = function.Usage;
        var month = answer.IsError ? default : JsonElement.Parse(answer.Body).GetProperty("months")[0];
        if (answer.IsError || month.GetProperty("events").GetInt64() != SampleTrail.Events)
        {
            throw new InvalidOperationException($"{name} did not write the sample month:\n{answer.Body}");
        }

        return new StartTimes(await function.FirstNext - function.Started, answered - function.Started, cpu, peak);
    }
}
