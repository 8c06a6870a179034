using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>The daily question whether last month was written.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Watch = """{"watch":true}""";

    private readonly FunctionRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("2024-03-01T06:00:00Z", "2024-01")]
    [InlineData("2024-03-02T23:59:59Z", "2024-01")]
    [InlineData("2024-03-03T00:00:00Z", "2024-02")]
    [InlineData("2024-03-31T06:00:00Z", "2024-02")]
    [InlineData("2024-01-03T06:00:00Z", "2023-12")]
    [InlineData("2024-01-02T06:00:00Z", "2023-11")]
    public async Task From_the_3rd_on_it_asks_for_the_month_before(string now, string month)
    {
        var answer = await _run.AnswerAsync(Watch, At(now));

        Assert.Equal(month, LogLines.Text(answer.GetProperty("watch"), "month"));
        Assert.Empty(answer.GetProperty("months").EnumerateArray());
    }

    [Theory]
    [InlineData("2024-02-29T23:59:59Z", 0)]
    [InlineData("2024-03-01T03:00:00Z", 1)]
    public async Task A_month_in_days_is_written_if_its_latest_file_was_written_after_the_month_had_ended(
        string written, int metric)
    {
        _run.Months.Write("2024/02/01/a.ndjson", Months.Event(1));
        _run.Months.Write("2024/02/02/a.ndjson", Months.Event(2));
        await _run.AnswerAsync("""{"month":"2024-02"}""", options: new RunOptions { Unit = UnitKind.Day });
        string[] files = [.. _run.Months.Written().Select(file => Path.Combine(_run.Months.Destination, file))];
        File.SetLastWriteTimeUtc(files[1], At("2024-02-03T03:00:00Z").GetUtcNow().UtcDateTime);
        File.SetLastWriteTimeUtc(files[0], At(written).GetUtcNow().UtcDateTime);

        var answer = (await _run.AnswerAsync(Watch, At("2024-03-03T06:00:00Z"))).GetProperty("watch");

        Assert.Equal(
            (metric == 1, files[0]), (answer.GetProperty("isWritten").GetBoolean(), LogLines.Text(answer, "file")));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("2024-02-29T23:59:59Z", 0)]
    [InlineData("2024-03-01T00:00:00Z", 1)]
    public async Task A_month_is_written_if_its_file_was_written_after_the_month_had_ended(string? written, int metric)
    {
        if (written is not null)
        {
            _run.Months.Write("2024/02/01/a.ndjson", Months.Event(1));
            await _run.AnswerAsync("""{"month":"2024-02"}""");
            File.SetLastWriteTimeUtc(_run.Months.Parquet, At(written).GetUtcNow().UtcDateTime);
        }

        string[] before = _run.Months.Written();
        var answer = (await _run.AnswerAsync(Watch, At("2024-03-03T06:00:00Z"))).GetProperty("watch");

        Assert.Equal(metric == 1, answer.GetProperty("isWritten").GetBoolean());
        Assert.Equal(written, LogLines.Text(answer, "modified"));
        Assert.Equal(written is null ? null : _run.Months.Parquet, LogLines.Text(answer, "file"));
        var line = Assert.Single(_run.Lines(), line => line.TryGetProperty("LastMonthWritten", out _));
        Assert.Equal(
            (metric, "2024-02"), (line.GetProperty("LastMonthWritten").GetInt32(), LogLines.Text(line, "month")));
        Assert.Equal(
            At("2024-03-03T06:00:00Z").GetUtcNow().ToUnixTimeMilliseconds(),
            line.GetProperty("_aws").GetProperty("Timestamp").GetInt64());
        Assert.Equal(
            1 - metric,
            _run.Lines("Warning").Count(warning => LogLines.Text(warning, "message")!.Contains(
                "has no file that was written after", StringComparison.Ordinal)));
        Assert.Equal(before, _run.Months.Written());
    }

    [Theory]
    [InlineData("""{"watch":false}""")]
    [InlineData("""{"watch":"true"}""")]
    [InlineData("""{"watch":true,"month":"2024-02"}""")]
    public async Task Any_other_question_is_refused(string triggerEvent)
    {
        var refused = await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(triggerEvent));

        Assert.Contains("\"watch\" is true and alone, or absent", refused.Message, StringComparison.Ordinal);
        Assert.Contains("""{"watch":true}""", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Then there is no metric, and the alarm rings for want of one.</summary>
    [Fact]
    public async Task A_destination_that_cannot_be_listed_fails_the_invocation()
    {
        var unlisted = new InterruptedStore(new DirectoryStore(_run.Months.Destination))
        {
            Listing = (prefix, _) => throw new AggregationException($"{prefix}: access denied."),
        };

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => _run.AnswerAsync(Watch, At("2024-03-03T06:00:00Z"), destination: unlisted));

        Assert.Equal("2024-02: whether it was written is not known: 2024/02/: access denied.", failure.Message);
        Assert.Equal(failure.Message, LogLines.Text(Assert.Single(_run.Lines()), "message"));
    }

    private static FakeTime At(string time) => new(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));
}
