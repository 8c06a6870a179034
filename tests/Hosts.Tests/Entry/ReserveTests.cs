using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>Time reserved to stop cleanly: 20 s, or a fifth of a shorter invocation.</summary>
public sealed class ReserveTests : IDisposable
{
    private const string Key = "2024/02/01/000000.ndjson";

    private readonly Months _months = new();
    private readonly MemoryStream _output = new();
    private readonly FakeTime _time = new(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));

    public void Dispose()
    {
        _months.Dispose();
        _output.Dispose();
    }

    [Theory]
    [InlineData(100, 75)]
    [InlineData(900, 875)]
    [InlineData(10, 7)]
    public async Task A_run_that_ends_before_the_reserve_finishes(int seconds, int taken)
    {
        var answer = await AnswerAsync(seconds, taken);

        Assert.Equal("written", answer.GetProperty("months")[0].GetProperty("status").GetString());
        Assert.Equal(["2024/02/000000.parquet"], _months.Written());
    }

    [Theory]
    [InlineData(100, 85)]
    [InlineData(900, 885)]
    [InlineData(10, 9)]
    public async Task A_run_that_is_still_reading_when_the_reserve_begins_stops(int seconds, int taken)
    {
        var failure = await Assert.ThrowsAsync<AggregationException>(() => AnswerAsync(seconds, taken));

        Assert.StartsWith("2024-02: the time ran out", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_months.Written());
    }

    /// <summary>
    /// Runs a month whose only source takes this time to open, in an invocation with this number of seconds.
    /// </summary>
    private async Task<JsonElement> AnswerAsync(int seconds, int taken)
    {
        _months.Write(Key, Months.Event(1));
        var source = new SlowStore(new DirectoryStore(_months.Source), Key, _time, TimeSpan.FromSeconds(taken));
        var settings =
            new Settings { SourceBucket = "", SourcePrefix = "", DestinationBucket = "", DestinationPrefix = "" };
        var handler = new Handler(settings, source, new DirectoryStore(_months.Destination), _time, _output);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes("""{"month":"2024-02"}"""));
        using var answer = await handler.HandleAsync(
            body, new FakeContext { RemainingTime = TimeSpan.FromSeconds(seconds) });
        return (await JsonDocument.ParseAsync(
            answer, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
    }
}
