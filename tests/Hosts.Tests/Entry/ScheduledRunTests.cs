using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>Scheduled runs: nobody reads their answers, so a run that finds nothing must fail the invocation.</summary>
public sealed class ScheduledRunTests : IDisposable
{
    private const string Schedule = """{"source":"aws.scheduler","time":"2024-03-01T03:00:00Z","detail":"{}"}""";

    private readonly FunctionRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(Schedule)]
    [InlineData("""{"source":"aws.events","time":"2024-03-01T03:00:00Z","detail":{}}""")]
    public async Task A_schedule_that_finds_nothing_fails_and_names_what_exists_instead(string triggerEvent)
    {
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/01/01/a.json.gz", "{}");

        var failure = await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(triggerEvent));

        Assert.Equal(
            $"2024-02: {_run.Months.Source} (2024-02): there is nothing to read (DD/*.json.gz or *.json). "
            + $"{_run.Months.Source}/AWSLogs/111122223333/CloudTrail/eu-west-1/ has the year 2024, and of 2024 the "
            + "month 01. If the month should be there, see whether the trail was on, or correct the source "
            + "(SRC_BUCKET and SRC_PREFIX, --source). Nothing was changed.",
            failure.Message);
        Assert.Equal(failure.Message, LogLines.Text(Assert.Single(_run.Lines("Error")), "reason"));
        var metrics = Assert.Single(_run.Lines(), line => line.TryGetProperty("_aws", out _));
        Assert.Equal(
            (1, "schedule"), (metrics.GetProperty("FailedRuns").GetInt32(), LogLines.Text(metrics, "Trigger")));
        Assert.Empty(_run.Months.Written());
    }

    [Fact]
    public async Task A_schedule_that_finds_files_without_a_line_fails_too()
    {
        _run.Months.Write("2024/02/01/a.ndjson", "");
        _run.Months.Write("2024/02/02/a.ndjson", "\n");

        var failure = await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(Schedule));

        Assert.StartsWith(
            $"2024-02: {Path.Combine(_run.Months.Source, "2024/02/")}: its 2 files have no record. ", failure.Message,
            StringComparison.Ordinal);
        Assert.Empty(_run.Months.Written());
    }

    [Theory]
    [InlineData("""{"month":"2024-02"}""")]
    [InlineData("""{"from":"2024-01","to":"2024-03"}""")]
    [InlineData("""{"source":"cloudtrail.daily","detail":{"year":2024,"month":2,"day":29}}""")]
    public async Task A_direct_request_that_finds_nothing_reports_empty_with_the_reason(string triggerEvent)
    {
        _run.Months.Write("2023/01/01/a.ndjson", Months.Event(1));

        var answer = await _run.AnswerAsync(triggerEvent);

        var months = answer.GetProperty("months").EnumerateArray().ToList();
        Assert.All(months, month => Assert.Equal("empty", LogLines.Text(month, "status")));
        Assert.All(months, month => Assert.Contains(
            " has the year 2023, and of 2023 the month 01.", LogLines.Text(month, "reason"), StringComparison.Ordinal));
        Assert.Equal(
            months.Select(month => LogLines.Text(month, "reason")),
            _run.Lines("Warning").Select(line => LogLines.Text(line, "reason")));
        Assert.Empty(_run.Months.Written());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task On_the_first_day_of_a_month_nothing_of_it_is_due_yet(int day, bool isEmpty)
    {
        var time = new FakeTime(new DateTimeOffset(2024, 3, 1 + day, 3, 0, 0, TimeSpan.Zero));
        Directory.CreateDirectory(_run.Months.Source);
        string schedule = $$"""{"source":"aws.scheduler","time":"2024-03-0{{1 + day}}T03:00:00Z","detail":"{}"}""";

        var failure = await Record.ExceptionAsync(() => _run.AnswerAsync(schedule, time, scheduleLagDays: 0));

        Assert.Equal(isEmpty, failure is null);
    }

    [Theory]
    [InlineData("2024-03-02T00:59:00Z", true)]
    [InlineData("2024-03-02T01:00:00Z", false)]
    public async Task A_trails_month_whose_days_are_all_open_is_not_due_yet(string now, bool isEmpty)
    {
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/02/01/a.json.gz", Months.Event(1));
        var time = new FakeTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        string schedule = $$"""{"source":"aws.scheduler","time":"{{now}}","detail":"{}"}""";

        var failure = await Record.ExceptionAsync(() => _run.AnswerAsync(schedule, time, scheduleLagDays: 0));

        Assert.Equal(isEmpty, failure is null);
    }

    [Fact]
    public async Task Open_days_and_quiet_regions_of_a_trail_are_in_the_log_and_warn_of_nothing()
    {
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/02/27/a.json.gz", Months.Event(1));
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/02/28/a.json.gz", Months.Event(2));
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/us-east-1/2024/02/27/a.json.gz", Months.Event(3));
        _run.Months.Write("AWSLogs/111122223333/CloudTrail/us-east-1/2024/02/27/empty.json");

        await _run.AnswerAsync(
            Schedule, new FakeTime(new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero)), scheduleLagDays: 2);

        string?[] messages = [.. _run.Lines("Information").Select(line => LogLines.Text(line, "message"))];
        Assert.Contains("2024-02: 1 days are open and were not read: 2024-02-29", messages);
        Assert.Contains(
            "2024-02: 1 regions have no object of the last day read, the first: 111122223333/us-east-1", messages);
        Assert.Contains("2024-02: 1 objects have 0 bytes and were skipped", messages);
        Assert.Empty(_run.Lines("Warning"));
        var metrics = Assert.Single(_run.Lines(), line => line.TryGetProperty("_aws", out _));
        Assert.Equal(
            (1, 1, 1),
            (metrics.GetProperty("Accounts").GetInt32(), metrics.GetProperty("QuietRegions").GetInt32(),
                metrics.GetProperty("OpenDays").GetInt32()));
    }

    [Fact]
    public async Task Days_without_an_object_are_in_the_answer_the_log_and_the_metrics()
    {
        _run.Months.Write("2024/02/10/a.ndjson", Months.Event(1));
        _run.Months.Write("2024/02/12/a.ndjson", Months.Event(2));
        _run.Months.Write("2024/02/27/a.ndjson", Months.Event(3));

        var answer = await _run.AnswerAsync(
            Schedule, new FakeTime(new DateTimeOffset(2024, 2, 29, 3, 0, 0, TimeSpan.Zero)), scheduleLagDays: 2);

        string[] days = [.. answer.GetProperty("months")[0].GetProperty("missingDays").EnumerateArray()
            .Select(day => day.GetString()!)];
        Assert.Equal(["2024-02-11", .. Enumerable.Range(13, 14).Select(day => $"2024-02-{day}"), "2024-02-28"], days);
        var warning = Assert.Single(_run.Lines("Warning"));
        Assert.Equal(
            "2024-02: 16 days after the first have no object: 2024-02-11, 2024-02-13 to 2024-02-26, 2024-02-28",
            LogLines.Text(warning, "message"));
        var metrics = Assert.Single(_run.Lines(), line => line.TryGetProperty("_aws", out _));
        Assert.Equal(
            (16, "schedule"), (metrics.GetProperty("MissingDays").GetInt32(), LogLines.Text(metrics, "Trigger")));
    }

    [Fact]
    public async Task A_damaged_object_fails_the_run_or_is_in_the_answer_the_log_and_the_metrics()
    {
        _run.Months.Write("2024/02/28/a.ndjson", Months.Event(1));
        string damaged = _run.Months.Write("2024/02/29/a.json", "[", Months.Event(2));

        var failure = await Assert.ThrowsAsync<AggregationException>(() => _run.AnswerAsync(Schedule));
        var answer = await _run.AnswerAsync(Schedule, options: new RunOptions { DamagedObjects = DamagedObjects.Skip });

        Assert.StartsWith(
            $"2024-02: {damaged}, record 1: it ends within its container. ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"count":1,"first":["{{damaged}}"]}""",
            answer.GetProperty("months")[0].GetProperty("damagedObjects").GetRawText());
        var warning = Assert.Single(_run.Lines("Warning"));
        Assert.Equal(
            $"2024-02: 1 damaged objects were skipped, the first: {damaged}", LogLines.Text(warning, "message"));
        var metrics = Assert.Single(_run.Lines(), line => line.TryGetProperty("DamagedObjects", out _));
        Assert.Equal(
            (1, 1),
            (metrics.GetProperty("DamagedObjects").GetInt32(), metrics.GetProperty("NewDamagedObjects").GetInt32()));
    }

    [Fact]
    public async Task A_whole_month_warns_of_nothing()
    {
        for (int day = 1; day <= 29; day++)
        {
            _run.Months.Write($"2024/02/{day:00}/a.ndjson", Months.Event(day, day));
        }

        var answer = await _run.AnswerAsync(Schedule);

        Assert.Equal("[]", answer.GetProperty("months")[0].GetProperty("missingDays").GetRawText());
        Assert.Empty(_run.Lines("Warning"));
    }
}
