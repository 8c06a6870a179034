using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Trigger;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

public sealed class HandlerTests : IDisposable
{
    private readonly Months _months = new();
    private readonly MemoryStream _output = new();
    private readonly FakeTime _time = new(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));

    public void Dispose()
    {
        _months.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task The_answer_is_the_report_and_the_log_has_it_too()
    {
        _months.WithEveryKindOfLine();

        var answer = await AnswerAsync("""{"month":"2024-02"}""");

        Assert.Equal(["months"], answer.EnumerateObject().Select(member => member.Name));
        var month = Assert.Single(answer.GetProperty("months").EnumerateArray());
        var report = month.Deserialize(ReportJson.Readable.RunReport)!;
        Assert.Equal(
            ("2024-02", 7L, 4L, 2L, 1L),
            (report.Month, report.Lines, report.Events, report.Duplicates, report.Rejects));
        Assert.Equal(_months.Parquet, Assert.Single(report.Outputs).Uri);
        var lines = LogLines.Parse(_output);
        Assert.Equal(
            month.GetRawText(),
            Assert.Single(lines, line => line.TryGetProperty("report", out _)).GetProperty("report").GetRawText());
        LogLines.CheckMetrics(Assert.Single(lines, line => line.TryGetProperty("_aws", out _)), "aggregation", report);
        Assert.All(lines.Where(line => !line.TryGetProperty("_aws", out _)), line => Assert.Equal(
            ("8f7a1c9e-0000-4000-8000-000000000001", "2024-02"),
            (LogLines.Text(line, "requestId"), LogLines.Text(line, "month"))));
        Assert.Equal(
            ["Information", "Information", "Warning", "Warning", "Warning"],
            lines.Select(line => LogLines.Text(line, "level")).OfType<string>());
    }

    [Fact]
    public async Task A_higher_log_level_leaves_the_metric_line()
    {
        _months.WithEveryKindOfLine();

        await AnswerAsync("""{"month":"2024-02"}""", settings: new Settings
        {
            SourceBucket = "",
            SourcePrefix = "",
            DestinationBucket = "",
            DestinationPrefix = "",
            LogLevel = LogLevel.Error,
        });

        Assert.True(Assert.Single(LogLines.Parse(_output)).TryGetProperty("_aws", out _));
    }

    [Theory, InlineData("{}"), InlineData("not JSON"), InlineData("""{"month":"2024-05"}""")]
    public async Task A_refused_event_fails_the_invocation_and_is_logged(string triggerEvent)
    {
        var refused = await Assert.ThrowsAsync<AggregationException>(() => AnswerAsync(triggerEvent));

        var line = Assert.Single(LogLines.Parse(_output));
        Assert.Equal(("Error", refused.Message), (LogLines.Text(line, "level"), LogLines.Text(line, "message")));
    }

    [Fact]
    public async Task A_range_stops_at_the_first_failure_and_says_what_is_done_and_how_to_go_on()
    {
        _months.Write("2023-12".Replace('-', '/') + "/01/a.ndjson", Months.Event(1));
        _months.Write("2024/01/01/a.ndjson", Months.Event(2));
        _months.Write("2024/02/01/a.ndjson", "no event at all");
        _months.Write("2024/03/01/a.ndjson", Months.Event(3));

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync("""{"from":"2023-12","to":"2024-03"}"""));

        Assert.StartsWith("2024-02: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "its only record is a reject, and there is no event", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "(Done before it: 2023-12, 2024-01. Not started: 2024-03 to 2024-03. "
            + """Continue with {"from":"2024-02","to":"2024-03"}.)""",
            failure.Message, StringComparison.Ordinal);
        Assert.Equal(["2023/12/000000.parquet", "2024/01/000000.parquet"], _months.Written());
        Assert.Equal(failure.Message, LogLines.Text(
            Assert.Single(LogLines.Parse(_output), line => LogLines.Text(line, "level") == "Error"), "reason"));
    }

    [Fact]
    public async Task A_range_goes_on_as_its_failure_said_once_the_cause_is_mended()
    {
        _months.Write("2024/01/01/a.ndjson", Months.Event(1));
        string bad = _months.Write("2024/02/01/a.ndjson", "no event at all");
        var handler = Handler();

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync(handler, """{"from":"2024-01","to":"2024-02"}"""));
        File.Delete(bad);
        _months.Write("2024/02/01/b.ndjson", Months.Event(2));
        string goOn = failure.Message.Split("Continue with ")[1].TrimEnd(')', '.');
        var answer = await AnswerAsync(handler, goOn);

        Assert.Contains("Not started: none", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            "2024-02", Assert.Single(answer.GetProperty("months").EnumerateArray()).GetProperty("month").GetString());
        Assert.Equal(["2024/01/000000.parquet", "2024/02/000000.parquet"], _months.Written());
    }

    [Fact]
    public async Task A_month_gets_smaller_only_when_the_event_says_replace()
    {
        _months.Write("2024/02/01/a.ndjson", Months.Event(1), Months.Event(2));
        await AnswerAsync("""{"month":"2024-02"}""");
        _months.Write("2024/02/01/a.ndjson", Months.Event(1));

        await Assert.ThrowsAsync<AggregationException>(() => AnswerAsync("""{"month":"2024-02"}"""));
        var answer = await AnswerAsync("""{"month":"2024-02","replace":true}""");

        Assert.Equal(1, answer.GetProperty("months")[0].GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task When_the_time_gets_short_the_run_stops_and_says_how_far_it_came_and_what_to_change()
    {
        var (handler, context) = await OutOfTimeAsync();

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync(handler, """{"month":"2024-02"}""", context));

        Assert.Matches(
            @"^2024-02: the time ran out after [1-9]\d? of 40 files, [1-9]\d? events; the month is unchanged\. "
            + @"Raise the function's timeout \(maximum 900 s\) or its memory",
            failure.Message);
        var line = Assert.Single(LogLines.Parse(_output), line => LogLines.Text(line, "level") == "Error");
        Assert.Equal(failure.Message, LogLines.Text(line, "reason"));
    }

    [Fact]
    public async Task What_was_finished_before_the_time_got_short_stays_and_is_reported()
    {
        var (handler, context) = await OutOfTimeAsync();
        _months.Write("2024/01/01/a.ndjson", Months.Event(100));

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync(handler, """{"from":"2024-01","to":"2024-03"}""", context));

        Assert.Contains("the time ran out", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "(Done before it: 2024-01. Not started: 2024-03 to 2024-03. "
            + """Continue with {"from":"2024-02","to":"2024-03"}.)""",
            failure.Message, StringComparison.Ordinal);
        Assert.Equal(["2024/01/000000.parquet", "2024/02/000000.parquet"], _months.Written());
    }

    [Fact]
    public async Task A_month_that_ran_out_of_time_is_as_it_was_and_the_next_invocation_does_it()
    {
        var (handler, context) = await OutOfTimeAsync();
        byte[] before = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<AggregationException>(() => AnswerAsync(handler, """{"month":"2024-02"}""", context));
        byte[] after = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        string[] written = _months.Written();
        var answer = await AnswerAsync(handler, """{"month":"2024-02"}""");

        Assert.Equal(before, after);
        Assert.Equal(["2024/02/000000.parquet"], written);
        Assert.Equal(40, answer.GetProperty("months")[0].GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task No_time_at_all_changes_nothing()
    {
        _months.WithEveryKindOfLine();

        var failure = await Assert.ThrowsAsync<AggregationException>(() => AnswerAsync(
            Handler(), """{"month":"2024-02"}""", new FakeContext { RemainingTime = TimeSpan.FromSeconds(-1) }));

        Assert.StartsWith(
            "2024-02: the time ran out; the month is unchanged.", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_months.Written());
    }

    [Fact]
    public async Task Of_a_batch_only_what_failed_is_delivered_again()
    {
        _months.Write("2024/01/01/a.ndjson", Months.Event(1));
        _months.Write("2024/02/01/a.ndjson", "no event at all");
        _months.Write("2024/03/01/a.ndjson", Months.Event(3));

        var answer = await AnswerAsync(Batch(
            ("one", """{"month":"2024-01"}"""), ("two", """{"month":"2024-02"}"""), ("three", "not JSON"),
            ("four", """{"month":"\ud800"}"""), ("five", """{"month":"2024-03"}""")));

        Assert.Equal(
            """[{"itemIdentifier":"two"},{"itemIdentifier":"three"},{"itemIdentifier":"four"}]""",
            answer.GetProperty("batchItemFailures").GetRawText());
        Assert.Equal(
            ["2024-01", "2024-03"],
            answer.GetProperty("months").EnumerateArray().Select(month => month.GetProperty("month").GetString()));
        Assert.Equal(3, LogLines.Parse(_output).Count(line => LogLines.Text(line, "level") == "Error"));
    }

    [Fact]
    public async Task A_batch_without_failures_says_so()
    {
        _months.Write("2024/01/01/a.ndjson", Months.Event(1));

        var answer = await AnswerAsync(Batch(
            ("one", """{"month":"2024-01"}"""),
            ("two", """{"source":"aws.scheduler","time":"2024-02-01T00:00:00Z","detail":"{}"}""")));

        Assert.Equal("[]", answer.GetProperty("batchItemFailures").GetRawText());
        Assert.Equal(
            ["2024-01", "2024-01"],
            answer.GetProperty("months").EnumerateArray().Select(month => month.GetProperty("month").GetString()));
    }

    [Fact]
    public async Task A_batch_of_another_service_is_refused()
    {
        var refused = await Assert.ThrowsAsync<AggregationException>(
            () => AnswerAsync("""{"Records":[{"eventSource":"aws:s3","s3":{}}]}"""));

        Assert.Contains("\"Records\" is not known", refused.Message, StringComparison.Ordinal);
    }

    private static string Batch(params IEnumerable<(string Id, string Body)> messages) =>
        Encoding.UTF8.GetString(TriggerReaderTests.Batch(messages));

    /// <summary>
    /// A handler whose source of 40 files takes a minute at the 31st, in an invocation with less than a minute left,
    /// and a month that was written without its last event. At most 16 files are opened ahead of the reader.
    /// </summary>
    private async Task<(Handler Handler, FakeContext Context)> OutOfTimeAsync()
    {
        for (int i = 0; i < 40; i++)
        {
            _months.Write($"2024/02/01/{i:000000}.ndjson", Months.Event(i));
        }

        string last = Path.Combine(_months.Source, "2024/02/01/000039.ndjson");
        File.Move(last, last + ".later");
        await AnswerAsync("""{"month":"2024-02"}""");
        File.Move(last + ".later", last);
        _output.SetLength(0);
        var slow = new SlowStore(
            new DirectoryStore(_months.Source), "2024/02/01/000030.ndjson", _time, TimeSpan.FromMinutes(1));
        return (Handler(slow), new FakeContext { RemainingTime = TimeSpan.FromMinutes(1) });
    }

    private Handler Handler(IObjectStore? source = null, Settings? settings = null) => new(
        settings
            ?? new Settings { SourceBucket = "", SourcePrefix = "", DestinationBucket = "", DestinationPrefix = "" },
        source ?? new DirectoryStore(_months.Source),
        new DirectoryStore(_months.Destination),
        _time,
        _output);

    private Task<JsonElement> AnswerAsync(string triggerEvent, Settings? settings = null) =>
        AnswerAsync(Handler(settings: settings), triggerEvent);

    private static async Task<JsonElement> AnswerAsync(
        Handler handler, string triggerEvent, FakeContext? context = null)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(triggerEvent));
        using var answer = await handler.HandleAsync(body, context ?? new FakeContext());
        return (await JsonDocument.ParseAsync(
            answer, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
    }
}
