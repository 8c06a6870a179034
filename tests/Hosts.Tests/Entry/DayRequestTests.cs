using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>
/// The function with UNIT=day: months in days, single days, and the days of a month for a Map over them.
/// </summary>
public sealed class DayRequestTests : IDisposable
{
    private static readonly RunOptions ByDay = new() { Unit = UnitKind.Day };

    private readonly FunctionRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_month_is_run_day_by_day_and_reported_as_one_month()
    {
        PutDays();

        var answer = await _run.AnswerAsync("""{"month":"2024-02"}""", options: ByDay);

        Assert.Equal(
            ["2024/02/01/000000.parquet", "2024/02/02/000000.parquet", "2024/02/28/000000.parquet"],
            _run.Months.Written());
        var month = Assert.Single(answer.GetProperty("months").EnumerateArray());
        Assert.Equal(("2024-02", 5), (LogLines.Text(month, "month"), month.GetProperty("events").GetInt32()));
        Assert.Equal(
            ["2024-02-01 written 2", "2024-02-02 written 2", "2024-02-28 written 1"],
            month.GetProperty("days").EnumerateArray().Select(
                day => $"{LogLines.Text(day, "day")} {LogLines.Text(day, "status")} {day.GetProperty("events")}"));
        Assert.Equal(
            ["2024-02-01", "2024-02-02", "2024-02-28", "2024-02"],
            _run.Lines("Information").Where(line => line.TryGetProperty("report", out _))
                .Select(line => LogLines.Text(line, "month")));
        Assert.Single(_run.Lines(), line => line.TryGetProperty("_aws", out _));
    }

    [Fact]
    public async Task The_same_request_on_the_next_day_costs_the_new_day()
    {
        PutDays();
        await _run.AnswerAsync("""{"month":"2024-02"}""", options: ByDay);
        _run.Months.Write("2024/02/29/a.ndjson", Months.Event(9));

        var answer = await _run.AnswerAsync(
            """{"source":"aws.scheduler","time":"2024-03-01T03:00:00Z","detail":"{}"}""", options: ByDay);

        var days = answer.GetProperty("months")[0].GetProperty("days").EnumerateArray();
        Assert.Equal(
            ["unchanged", "unchanged", "unchanged", "written"], days.Select(day => LogLines.Text(day, "status")));
    }

    [Fact]
    public async Task A_days_request_answers_the_days_and_writes_nothing()
    {
        PutDays();

        var answer = await _run.AnswerAsync("""{"days":{"month":"2024-02"}}""", options: ByDay);

        Assert.Equal(
            ["2024-02-01", "2024-02-02", "2024-02-28"],
            answer.GetProperty("days").EnumerateArray().Select(day => day.GetString()));
        Assert.Equal(0, answer.GetProperty("months").GetArrayLength());
        Assert.Empty(_run.Months.Written());
    }

    [Fact]
    public async Task An_event_sent_to_a_state_machine_is_answered_with_a_request_for_each_of_its_months()
    {
        PutDays();

        var range = await _run.AnswerAsync(
            """{"months":{"from":"2024-01","to":"2024-02","replace":true}}""", options: ByDay);
        var schedule = await _run.AnswerAsync(
            """{"months":{"source":"aws.events","time":"2024-03-01T03:00:00Z","detail":{}}}""", options: ByDay);

        Assert.Equal(
            """[{"month":"2024-01","replace":true,"scheduled":false},"""
            + """{"month":"2024-02","replace":true,"scheduled":false}]""",
            range.GetProperty("requests").GetRawText());
        Assert.Equal(
            """[{"month":"2024-02","replace":false,"scheduled":true}]""",
            schedule.GetProperty("requests").GetRawText());
        Assert.Equal(0, range.GetProperty("months").GetArrayLength());
        Assert.Empty(_run.Months.Written());
    }

    /// <summary>https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html</summary>
    [Fact]
    public async Task The_report_of_a_month_of_31_days_is_far_below_what_a_state_machine_takes_for_an_answer()
    {
        for (int day = 1; day <= 31; day++)
        {
            _run.Months.Write($"2024/01/{day:00}/a.ndjson", Months.Event(day));
        }

        var answer = await _run.AnswerAsync("""{"month":"2024-01"}""", options: ByDay);

        Assert.Equal(31, answer.GetProperty("months")[0].GetProperty("days").GetArrayLength());
        Assert.InRange(answer.GetRawText().Length, 31 * 100, 262_144 / 8);
    }

    [Fact]
    public async Task A_scheduled_days_metrics_are_those_of_a_schedule()
    {
        PutDays();

        await _run.AnswerAsync("""{"day":"2024-02-02","replace":false,"scheduled":true}""", options: ByDay);

        Assert.Equal(
            "schedule",
            LogLines.Text(Assert.Single(_run.Lines(), line => line.TryGetProperty("_aws", out _)), "Trigger"));
    }

    [Fact]
    public async Task A_day_is_run_alone()
    {
        PutDays();

        var answer = await _run.AnswerAsync("""{"day":"2024-02-02"}""", options: ByDay);

        Assert.Equal(["2024/02/02/000000.parquet"], _run.Months.Written());
        Assert.Equal("2024-02-02", LogLines.Text(answer.GetProperty("months")[0], "month"));
    }

    [Theory]
    [InlineData("""{"day":"2024-02-02"}""")]
    [InlineData("""{"days":{"month":"2024-02"}}""")]
    public async Task A_function_that_writes_months_refuses_days(string triggerEvent)
    {
        PutDays();

        var failure = await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(triggerEvent));

        Assert.Contains("writes whole months. Set UNIT=day", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_run.Months.Written());
    }

    [Fact]
    public async Task A_failed_day_fails_the_invocation_and_the_others_are_written()
    {
        PutDays();
        _run.Months.Write("2024/02/28/b.ndjson", "no event", "nor this");
        _run.Months.Write("2024/02/28/a.ndjson", "no event either");

        var failure = await Assert.ThrowsAsync<AggregationException>(
            () => _run.AnswerAsync("""{"month":"2024-02"}""", options: ByDay));

        Assert.StartsWith("2024-02: 2024-02-28: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["2024/02/01/000000.parquet", "2024/02/02/000000.parquet"], _run.Months.Written());
    }

    [Fact]
    public async Task When_the_time_gets_short_the_answer_says_which_days_remain()
    {
        PutDays();
        var time = new FakeTime(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));
        var source = new SlowStore(
            new DirectoryStore(_run.Months.Source), "2024/02/01/a.ndjson", time, TimeSpan.FromSeconds(60));
        var settings = new Settings
        {
            SourceBucket = "", SourcePrefix = "", DestinationBucket = "", DestinationPrefix = "", Options = ByDay,
        };
        using var output = new MemoryStream();
        var handler = new Handler(settings, source, new DirectoryStore(_run.Months.Destination), time, output);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes("""{"month":"2024-02"}"""));

        using var answer = await handler.HandleAsync(
            body, new FakeContext { RemainingTime = TimeSpan.FromSeconds(100) });

        using var document = JsonDocument.Parse(answer);
        Assert.Equal(
            """["2024-02-02","2024-02-28"]""",
            document.RootElement.GetProperty("months")[0].GetProperty("remainingDays").GetRawText());
        Assert.Contains(
            LogLines.Parse(output), line => LogLines.Text(line, "level") == "Warning"
                && LogLines.Text(line, "remainingDays") == "2024-02-02, 2024-02-28");
        Assert.False(
            Assert.Single(LogLines.Parse(output), line => line.TryGetProperty("_aws", out _))
                .TryGetProperty("DurationMs", out _),
            "The alarm on the duration must not ring for a run that stopped in time.");
        Assert.Equal(["2024/02/01/000000.parquet"], _run.Months.Written());
    }

    private void PutDays()
    {
        _run.Months.Write("2024/02/01/a.ndjson", Months.Event(1), Months.Event(2));
        _run.Months.Write("2024/02/02/a.ndjson", Months.Event(2), Months.Event(3), Months.Event(4));
        _run.Months.Write("2024/02/28/a.ndjson", Months.Event(1));
    }
}
