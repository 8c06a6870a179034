using CloudTrailAggregation.Tests.Faults;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// A backfill of stage 1 sends the events of all days of a month at once, and Lambda runs as many of them at a time as
/// it has processes for. Through the proxy, moto's completion is conditional as on AWS.
/// </summary>
public sealed class DoubleDeliveryTests(S3Server server)
{
    private const int Events = 30, Processes = 8;

    [Fact]
    public async Task Thirty_events_of_one_month_in_eight_processes_all_succeed_and_write_it_once()
    {
        using var buckets = await SourceBucket.NewAsync(server);
        await PutAsync(buckets, days: 28);
        await using (var first = LambdaProcess.OfBuild(buckets.Settings))
        {
            await first.ReportAsync("""{"month":"2024-02"}""");
        }

        await PutAsync(buckets, days: 29);
        await using var proxy = new FaultProxy(server.EndpointUrl) { Choose = WaitForAll() };
        var processes = Enumerable.Range(0, Processes).Select(_ => LambdaProcess.OfBuild(
            [.. buckets.Settings, ("AWS_ENDPOINT_URL_S3", proxy.EndpointUrl)])).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(1, Events)
            .Select(day => processes[day % Processes].ReportAsync(Event(Math.Min(day, 29)))));

        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        string[] statuses =
            [.. answers.Select(answer => answer.GetProperty("months")[0].GetProperty("status").GetString()!)];
        Assert.Equal(1, statuses.Count(status => status == "written"));
        Assert.Equal(Processes - 1, statuses.Count(status => status == "by another run"));
        Assert.Equal(Events - Processes, statuses.Count(status => status == "unchanged"));
        Assert.All(
            answers, answer => Assert.Equal(58, answer.GetProperty("months")[0].GetProperty("events").GetInt64()));
        Assert.Equal(["cloudtrail_monthly/2024/02/000000.parquet"], await buckets.WrittenAsync());
    }

    private static string Event(int day) =>
        $$$"""{"source":"cloudtrail.daily","detail":{"year":2024,"month":2,"day":{{{day}}}}}""";

    private static Task PutAsync(SourceBucket buckets, int days) => buckets.PutAsync(months =>
    {
        for (int day = 1; day <= days; day++)
        {
            months.Write($"2024/02/{day:00}/a.ndjson.gz", Months.Event(day, day), Months.Event(100 + day, day));
        }
    });

    /// <summary>Holds each process's first completion until all of them are about to complete theirs.</summary>
    private static Func<FakeRequest, Fault?> WaitForAll()
    {
        var all = new CountdownEvent(Processes);
        return request =>
        {
            if (request.Operation == "Complete" && !all.IsSet)
            {
                all.Signal();
                Assert.True(all.Wait(TimeSpan.FromMinutes(2)), "Not all processes came to their commit.");
            }

            return null;
        };
    }
}
