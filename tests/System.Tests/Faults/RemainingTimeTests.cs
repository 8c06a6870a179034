using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// The function's remaining time runs out, or nearly so, during a request: each request of a run in turn.
/// </summary>
public sealed class RemainingTimeTests(S3Server server) : FaultyMonthTest(server, SourceLayout.Daily)
{
    private const int MostRequests = 60;

    /// <summary>The commit, which a run does not abort once it has started.</summary>
    private static readonly string[] OfTheCommit = ["Head", "Complete", "Delete"];

    private static readonly Settings Settings = new()
    {
        SourceBucket = "source", SourcePrefix = "", DestinationBucket = "destination", DestinationPrefix = "",
        Options = TwoFiles,
    };

    [Fact]
    public async Task Whatever_request_is_under_way_when_the_time_runs_out_the_month_is_as_it_was_or_new()
    {
        await PutMonthAsync();
        var before = await HashesAsync();
        int stopped = 0, finished = 0;
        bool isInterrupted = true;
        for (int at = 1; isInterrupted; at++)
        {
            Assert.InRange(at, 1, MostRequests);
            int seen = 0;
            bool hasStarted = false, inCommit = false;
            var time = new FakeTime(new DateTimeOffset(2024, 4, 15, 12, 0, 0, TimeSpan.Zero));
            var proxy = NewProxy();
            proxy.Choose = request =>
            {
                // The commit ends with listings of its own.
                hasStarted |= OfTheCommit.Contains(request.Operation, StringComparer.Ordinal);
                if (Interlocked.Increment(ref seen) != at)
                {
                    return null;
                }

                inCommit = hasStarted;
                return (inCommit ? Fault.AnswerLost : Fault.Silence)
                    with { Then = () => time.Advance(TimeSpan.FromMinutes(15)) };
            };

            var error = await Record.ExceptionAsync(() => InvokeAsync(proxy, time));

            isInterrupted = seen >= at;
            Assert.Equal(isInterrupted && !inCommit, error is not null);
            if (error is not null)
            {
                Assert.True(
                    Assert.IsType<AggregationException>(error).Message.StartsWith(
                        "2024-02: the time ran out", StringComparison.Ordinal),
                    $"request {at}: {error}");
                Assert.Equal(before, await HashesAsync());
                stopped++;
            }
            else if (inCommit)
            {
                Assert.Equal([Parquet0, Parquet1, Rejects0], await KeysAsync());
                before = await HashesAsync();
                finished++;
            }

            Assert.Empty(await LeftoversAsync());
        }

        Assert.InRange(stopped, 10, MostRequests);
        // A HEAD and a completion for each of three files, minus the requests that a smaller new month does not send.
        Assert.InRange(finished, 4, MostRequests);
        await RunAsync(TwoFiles);
        Assert.Equal(before, await HashesAsync());
    }

    private async Task InvokeAsync(FaultProxy proxy, FakeTime time)
    {
        using var output = new MemoryStream();

        // Without replace a run would leave the month unchanged after one has finished.
        byte[] body = Encoding.UTF8.GetBytes("""{"month":"2024-02","replace":true}""");
        using var triggerEvent = new MemoryStream(body);
        await new Handler(Settings, Through(proxy, Source), Through(proxy, Destination), time, output)
            .HandleAsync(triggerEvent, new FakeContext());
    }
}
