using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>The function over directories: its source, its answers, its log.</summary>
internal sealed class FunctionRun : IDisposable
{
    private readonly MemoryStream _output = new();

    public Months Months { get; } = new();

    /// <summary>Invokes the function, by default on 15 April 2024 at noon.</summary>
    public async Task<JsonElement> AnswerAsync(
        string triggerEvent, FakeTime? time = null, int scheduleLagDays = 1, RunOptions? options = null,
        IObjectStore? destination = null)
    {
        var settings = new Settings
        {
            SourceBucket = "",
            SourcePrefix = "",
            DestinationBucket = "",
            DestinationPrefix = "",
            ScheduleLagDays = scheduleLagDays,
            Options = options ?? new RunOptions(),
        };
        var handler = new Handler(
            settings,
            new DirectoryStore(Months.Source),
            destination ?? new DirectoryStore(Months.Destination),
            time ?? new FakeTime(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero)),
            _output);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(triggerEvent));
        using var answer = await handler.HandleAsync(body, new FakeContext());
        return (await JsonDocument.ParseAsync(
            answer, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
    }

    /// <summary>The standard output.</summary>
    public List<JsonElement> Lines() => LogLines.Parse(_output);

    /// <summary>The log lines of a level.</summary>
    public List<JsonElement> Lines(string level) => [.. Lines().Where(line => LogLines.Text(line, "level") == level)];

    public void Dispose()
    {
        Months.Dispose();
        _output.Dispose();
    }
}
