using System.Text.Json;
using Amazon.S3;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// The published function and its layer, installed as on Lambda, with the managed runtime's command: events in, Parquet
/// out.
/// </summary>
[Trait("Category", TestRun.Full)]
[Collection(PublishedFunctionTests.Name)]
public sealed class EndToEndTests(PublishedFunction function, S3Server server)
{
    private const string RequestId = "8f7a1c9e-0000-4000-8000-00000000f00d";

    private const string Schedule =
        """
        {"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event",
        "source":"aws.events","account":"123456789012","time":"2024-03-01T04:00:00Z","region":"eu-central-1",
        "resources":["arn:aws:events:eu-central-1:123456789012:rule/monthly"],"detail":{}}
        """;

    [Theory, InlineData("JSON"), InlineData("Text")]
    public async Task A_scheduled_event_turns_the_month_into_a_file_a_report_and_log_and_metric_lines(string logFormat)
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await buckets.PutSampleMonthAsync();
        await using var lambda = new LambdaProcess(function.Task, function.Layer, logFormat, buckets.Settings);

        var report = await lambda.ReportAsync(Schedule, RequestId);

        var month = report.GetProperty("months")[0].Deserialize(ReportJson.Readable.RunReport)!;
        Assert.Equal(
            ("2024-02", RunStatus.Written, 614L, 600L, 12L, 2L),
            (month.Month, month.Status, month.Lines, month.Events, month.Duplicates, month.Rejects));
        Assert.Equal(
            $"s3://{buckets.Destination}/cloudtrail_monthly/2024/02/000000.parquet", Assert.Single(month.Outputs).Uri);
        await CheckParquetAsync(buckets, month);
        await lambda.InvokeAsync("\"the lines of the first event are all here when the second is answered\"");
        // In text format AWS's package logs the failure of the second event in lines that are not JSON.
        CheckLines(lambda.Lines.Where(line => logFormat == "JSON" || line.StartsWith('{')), month);
    }

    [Fact]
    public async Task The_file_has_the_bytes_that_this_process_writes_on_its_own_architecture()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await buckets.PutSampleMonthAsync();
        await using var lambda = new LambdaProcess(function.Task, function.Layer, "JSON", buckets.Settings);

        await lambda.ReportAsync(Schedule);
        byte[] there = await buckets.ParquetAsync("2024/02");
        var source = new S3Store(buckets.Client, buckets.Source, SourceBucket.SourcePrefix);
        using var directory = new TemporaryDirectory();
        var aggregation = new AggregationRun(
            source, new DirectoryStore(directory.Path), new RunOptions(), TimeProvider.System);
        await aggregation.RunAsync(new Unit(new Month(2024, 2)), TestContext.Current.CancellationToken);

        Assert.Equal(
            await File.ReadAllBytesAsync(directory["2024/02/000000.parquet"], TestContext.Current.CancellationToken),
            there);
    }

    [Fact]
    public async Task One_process_answers_every_shape_of_event_and_goes_on_after_each_that_fails()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await buckets.PutAsync(months => months.WithEveryKindOfLine()
            .Write("2024/03/01/000000.ndjson", Months.Event(9, time: "2024-03-01T12:00:00Z")));
        await using var lambda = new LambdaProcess(function.Task, function.Layer, "JSON", buckets.Settings);

        Assert.Equal(["2024-02"], await MonthsAsync(Schedule));
        Assert.Equal(
            ["2024-02"],
            await MonthsAsync("""{"source":"aws.scheduler","time":"2024-03-01T04:00:00Z","detail":"{}"}"""));
        Assert.Equal(
            ["2024-02"],
            await MonthsAsync("""{"source":"cloudtrail.stage1","detail":{"year":2024,"month":2,"day":29}}"""));
        Assert.Equal(["2024-02"], await MonthsAsync("""{"year":2024,"month":2}"""));
        Assert.Equal(["2024-02"], await MonthsAsync("""{"year":"2024","month":"02","day":"01","replace":true}"""));
        Assert.Equal(["2024-03"], await MonthsAsync("""{"month":"2024-03"}"""));
        Assert.Equal(["2024-02", "2024-03"], await MonthsAsync("""{"from":"2024-02","to":"2024-03"}"""));

        var refused = await lambda.InvokeAsync("""{"key1":"value1"}""");
        Assert.Equal((true, nameof(AggregationException)), (refused.IsError, refused.ErrorType));
        Assert.Contains(
            "Send one of:", JsonElement.Parse(refused.Body).GetProperty("errorMessage").GetString(),
            StringComparison.Ordinal);

        var batch = await lambda.ReportAsync(
            """
            {"Records":[
            {"messageId":"bad","eventSource":"aws:sqs","body":"{}"},
            {"messageId":"good","eventSource":"aws:sqs","body":"{\"month\":\"2024-03\"}"}]}
            """);
        Assert.Equal("""[{"itemIdentifier":"bad"}]""", batch.GetProperty("batchItemFailures").GetRawText());
        Assert.Equal("2024-03", batch.GetProperty("months")[0].GetProperty("month").GetString());

        async Task<string?[]> MonthsAsync(string payload)
        {
            var report = await lambda.ReportAsync(payload);
            return [.. report.GetProperty("months").EnumerateArray()
                .Select(month => month.GetProperty("month").GetString())];
        }
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_named_and_the_same_process_goes_on_when_it_does()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        var later = buckets with { Source = $"later-{Guid.NewGuid():n}" };
        await using var lambda = new LambdaProcess(function.Task, function.Layer, "JSON", later.Settings);

        var failed = await lambda.InvokeAsync(Schedule);
        await later.Client.PutBucketAsync(later.Source, TestContext.Current.CancellationToken);
        await later.PutAsync(months => months.WithEveryKindOfLine());
        var report = await lambda.ReportAsync(Schedule);

        Assert.True(failed.IsError);
        Assert.Contains($"s3://{later.Source}/", failed.Body, StringComparison.Ordinal);
        Assert.Equal(4, report.GetProperty("months")[0].GetProperty("events").GetInt64());
        Assert.Contains("cloudtrail_monthly/2024/02/000000.parquet", await later.WrittenAsync());
    }

    [Fact]
    public async Task A_run_that_is_out_of_time_leaves_nothing_behind_and_the_next_one_does_the_month()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await buckets.PutSampleMonthAsync();
        await using var lambda = new LambdaProcess(function.Task, function.Layer, "JSON", buckets.Settings);

        var stopped = await lambda.InvokeAsync(Schedule, timeLeft: TimeSpan.FromMilliseconds(1));
        string[] written = await buckets.WrittenAsync();
        var uploads = await buckets.Client.ListMultipartUploadsAsync(
            buckets.Destination, TestContext.Current.CancellationToken);
        var report = await lambda.ReportAsync(Schedule);

        Assert.True(stopped.IsError);
        Assert.Contains("2024-02: the time ran out", stopped.Body, StringComparison.Ordinal);
        Assert.Empty(written);
        Assert.Empty(uploads.MultipartUploads ?? []);
        Assert.Equal(600, report.GetProperty("months")[0].GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task A_function_whose_settings_are_wrong_says_so_before_its_first_event()
    {
        await LambdaMachine.RequireAsync();
        await using var lambda = new LambdaProcess(
            function.Task, function.Layer, "JSON", ("SRC_BUCKET", "there"), ("COMPRESSION", "lzma"));

        var (exitCode, initError) = await lambda.FailedStartAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Contains("DST_BUCKET is not set; COMPRESSION is 'lzma'", initError, StringComparison.Ordinal);
    }

    /// <summary>DuckDB reads the file; the expected rows come from the source.</summary>
    private static async Task CheckParquetAsync(SourceBucket buckets, RunReport month)
    {
        byte[] bytes = await buckets.ParquetAsync("2024/02");
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory["month.parquet"], bytes, TestContext.Current.CancellationToken);

        Assert.Equal(month.OutputBytes, bytes.Length);
        Assert.Equal(
            SampleEvents.Read(),
            Sql.Rows($"SELECT event_id, event_name, user_identity FROM '{directory["month.parquet"]}'"));
    }

    private static void CheckLines(IEnumerable<string> written, RunReport month)
    {
        var lines = LogLines.Parse(written);
        var ours = lines.Where(line => LogLines.Text(line, "requestId") == RequestId).ToList();

        Assert.Contains(ours, line => LogLines.Text(line, "message") == "2024-02 begins"
            && LogLines.Text(line, "month") == "2024-02");
        var done = Assert.Single(ours, line => line.TryGetProperty("report", out _));
        Assert.Equal(ReportJson.Text(month), done.GetProperty("report").GetRawText());
        LogLines.CheckMetrics(
            Assert.Single(lines, line => line.TryGetProperty("_aws", out _)), LambdaProcess.FunctionName, month);
    }
}
