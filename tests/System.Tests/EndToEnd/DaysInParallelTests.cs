using System.Text;
using Amazon.S3.Model;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// The state machine of cloudformation.yml with the published function behind its tasks. The map over months (mode
/// DISTRIBUTED) runs in moto's process here; that AWS starts an execution for each month is not shown.
/// </summary>
[Trait("Category", TestRun.Full)]
[Collection(PublishedFunctionTests.Name)]
public sealed class DaysInParallelTests(PublishedFunction function, S3Server server)
{
    private const int AtOnce = 3;

    private const string Schedule =
        """
        {"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event",
        "source":"aws.events","account":"123456789012","time":"2024-03-01T03:00:00Z","region":"us-east-1",
        "resources":["arn:aws:events:us-east-1:123456789012:rule/monthly"],"detail":{}}
        """;

    [Fact]
    public async Task A_schedules_month_is_run_with_its_days_in_parallel_and_again_with_all_of_them_unchanged()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await PutDaysAsync(buckets, "2024/02", days: 7);
        await using var lambda = Start(buckets);
        lambda.Throttled = 2;
        lambda.Before = WaitForOthers();
        await using var machine = await StateMachineRuns.StartAsync(lambda, AtOnce);

        var first = await machine.RunAsync(Schedule);
        string?[] statuses = [.. lambda.CallsOf("day").Select(call => call.Status)];
        var second = await machine.RunAsync(Schedule);

        Assert.Equal(new Execution("SUCCEEDED", null, null), first);
        Assert.Equal(AtOnce, lambda.MostAtOnce);
        Assert.Equal(Enumerable.Repeat("written", 7), statuses);
        Assert.Equal(Files("2024/02", 1, 2, 3, 4, 5, 6, 7), await buckets.WrittenAsync());
        Assert.Equal(new Execution("SUCCEEDED", null, null), second);
        Assert.Equal(Enumerable.Repeat("unchanged", 7), lambda.CallsOf("day").Skip(7).Select(call => call.Status));
        Assert.Equal(["unchanged", "unchanged"], lambda.CallsOf("month").Select(call => call.Status));
        Assert.All(
            lambda.CallsOf("month"),
            call => Assert.Equal("""{"month":"2024-02","scheduled":true}""", Compact(call.Event)));
        Assert.All(
            lambda.CallsOf("day"),
            call => Assert.EndsWith(
                ",\"replace\":false,\"scheduled\":true}", Compact(call.Event), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_day_that_fails_twice_and_then_works_is_written_and_the_execution_succeeds()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await PutDaysAsync(buckets, "2024/02", days: 4);
        await PutAsync(buckets, "2024/02/04/b.ndjson.gz", "no gzip");
        await using var lambda = Start(buckets);
        lambda.After = async triggerEvent =>
        {
            if (AttemptsOf(lambda, "2024-02-04") == 2 && triggerEvent.Contains("2024-02-04", StringComparison.Ordinal))
            {
                await PutAsync(buckets, "2024/02/04/b.ndjson.gz", "");
            }
        };
        await using var machine = await StateMachineRuns.StartAsync(lambda, AtOnce);

        var execution = await machine.RunAsync("""{"month":"2024-02"}""");

        Assert.Equal(new Execution("SUCCEEDED", null, null), execution);
        Assert.Equal(3, AttemptsOf(lambda, "2024-02-04"));
        Assert.Equal(6, lambda.CallsOf("day").Count());
        Assert.Equal(Files("2024/02", 1, 2, 3, 4), await buckets.WrittenAsync());
    }

    [Fact]
    public async Task Of_a_range_a_day_that_never_works_is_named_and_all_other_days_of_all_months_are_written()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await PutDaysAsync(buckets, "2024/01", days: 2);
        await PutDaysAsync(buckets, "2024/02", days: 4);
        await PutDaysAsync(buckets, "2024/04", days: 2);
        await PutAsync(buckets, "2024/02/04/b.ndjson.gz", "no gzip");
        await using var lambda = Start(buckets);
        await using var machine = await StateMachineRuns.StartAsync(lambda, AtOnce);

        var failed = await machine.RunAsync("""{"from":"2024-01","to":"2024-04"}""");
        string[] written = await buckets.WrittenAsync();
        int attempts = AttemptsOf(lambda, "2024-02-04");
        await PutAsync(buckets, "2024/02/04/b.ndjson.gz", "");
        var succeeded = await machine.RunAsync("""{"from":"2024-01","to":"2024-04","replace":true}""");

        Assert.Equal(("FAILED", "DaysFailed"), (failed.Status, failed.Error));
        Assert.StartsWith("Failed, by month: [[\"2024-02-04\"]]. ", failed.Cause, StringComparison.Ordinal);
        Assert.Equal(4, attempts);
        Assert.Equal(
            [.. Files("2024/01", 1, 2), .. Files("2024/02", 1, 2, 3), .. Files("2024/04", 1, 2)], written);
        Assert.Equal("SUCCEEDED", succeeded.Status);
        Assert.Equal(Files("2024/02", 1, 2, 3, 4), (await buckets.WrittenAsync()).Where(
            key => key.Contains("2024/02", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Repeat("written", 8), lambda.CallsOf("day").TakeLast(8).Select(call => call.Status));
        Assert.Equal(
            ["2024-01", "2024-03", "2024-04", "2024-01", "2024-02", "2024-03", "2024-04"],
            lambda.CallsOf("month").Select(call => Compact(call.Event)[10..17]));
    }

    [Fact]
    public async Task A_scheduled_month_without_an_object_fails_and_is_named()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await PutDaysAsync(buckets, "2024/01", days: 1);
        await using var lambda = Start(buckets);
        await using var machine = await StateMachineRuns.StartAsync(lambda, AtOnce);

        var execution = await machine.RunAsync(Schedule);

        Assert.Equal(("FAILED", "DaysFailed"), (execution.Status, execution.Error));
        Assert.StartsWith("Failed, by month: [[\"2024-02\"]]. ", execution.Cause, StringComparison.Ordinal);
        Assert.Empty(await buckets.WrittenAsync());
    }

    [Fact]
    public async Task What_asks_for_no_months_is_refused_with_the_shapes()
    {
        await LambdaMachine.RequireAsync();
        using var buckets = await SourceBucket.NewAsync(server);
        await using var lambda = Start(buckets);
        await using var machine = await StateMachineRuns.StartAsync(lambda, AtOnce);

        var execution = await machine.RunAsync("""{"mnth":"2024-02"}""");

        Assert.Equal(("FAILED", "AggregationException"), (execution.Status, execution.Error));
        Assert.Contains("Send one of:", execution.Cause, StringComparison.Ordinal);
        Assert.Single(lambda.Calls);
    }

    private InvokeApi Start(SourceBucket buckets) => new(
    [
        .. Enumerable.Range(0, AtOnce).Select(_ => new LambdaProcess(
            function.Task, function.Layer, "JSON", [.. buckets.Settings, ("UNIT", "day")])),
    ]);

    /// <summary>Holds the first days until as many are there as may be at once.</summary>
    private static Func<string, Task> WaitForOthers()
    {
        var all = new CountdownEvent(AtOnce);
        return triggerEvent => Task.Run(() =>
        {
            if (triggerEvent.Contains("\"day\"", StringComparison.Ordinal) && !all.IsSet)
            {
                all.Signal();
                Assert.True(all.Wait(TimeSpan.FromMinutes(1)), "The days did not come at once.");
            }
        });
    }

    private static int AttemptsOf(InvokeApi lambda, string day) =>
        lambda.CallsOf("day").Count(call => call.Event.Contains(day, StringComparison.Ordinal));

    private static string Compact(string json) => json.Replace(" ", "", StringComparison.Ordinal);

    private static IEnumerable<string> Files(string month, params int[] days) =>
        days.Select(day => $"{SourceBucket.DestinationPrefix}{month}/{day:00}/000000.parquet");

    private static Task PutDaysAsync(SourceBucket buckets, string month, int days) => buckets.PutAsync(months =>
    {
        for (int day = 1; day <= days; day++)
        {
            months.Write($"{month}/{day:00}/a.ndjson.gz", Months.Event(day), Months.Event(100 + day));
        }
    });

    private static async Task PutAsync(SourceBucket buckets, string key, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await buckets.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = buckets.Source, Key = SourceBucket.SourcePrefix + key, InputStream = content,
            },
            TestContext.Current.CancellationToken);
    }
}
