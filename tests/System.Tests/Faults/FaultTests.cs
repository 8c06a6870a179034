using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>
/// A network and a server that fail occasionally: the month is the same as without faults, and the report counts the
/// retries.
/// </summary>
public abstract class FaultTests(S3Server server, SourceLayout layout) : FaultyMonthTest(server, layout)
{
    private static readonly Dictionary<string, Func<Fault>> Faults = new(StringComparer.Ordinal)
    {
        ["reset before the server sees it"] = () => Fault.Reset,
        ["answer lost"] = () => Fault.AnswerLost,
        ["500"] = () => Fault.InternalError,
        ["503 SlowDown"] = () => Fault.Busy,
    };

    public static TheoryData<string> KindsOfFault => new(Faults.Keys);

    [Theory]
    [MemberData(nameof(KindsOfFault))]
    public async Task When_every_request_fails_once_the_month_is_the_same_and_each_retry_is_counted(string fault)
    {
        await PutMonthAsync();
        var make = Faults[fault];
        var proxy = NewProxy();
        proxy.Choose = FirstTime(request => IsBegunUnseen(request, fault) ? null : make());

        var faulty = await RunThroughAsync(proxy, TwoFiles);

        Assert.Equal(
            ["Complete", "Delete", "Get", "Head", "Initiate", "List", "Part"],
            proxy.Requests.Select(request => request.Operation).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(proxy.Faults, 19, 40);

        // .NET itself retries a request without a body if the connection closes before the first byte of the answer.
        bool isReset = make().CutAt == -1;
        Assert.InRange(faulty.Report.Retries, isReset ? 3 : proxy.Faults, proxy.Faults);
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task When_a_request_of_each_kind_is_not_answered_it_is_sent_again_after_a_while()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        var silenced = new System.Collections.Concurrent.ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        proxy.Choose = request => silenced.TryAdd(request.Operation, 0) ? Fault.Silence : null;

        var faulty = await RunThroughAsync(proxy, TwoFiles, timeoutSeconds: 2);

        Assert.Equal(7, proxy.Faults);

        // On a busy machine further requests may miss the 2 s.
        Assert.InRange(faulty.Report.Retries, 7, 14);
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task When_each_body_is_cut_or_stalls_only_the_rest_of_that_object_is_asked_for_again(int threads)
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        var first = FirstTime(request => request.Operation != "Get" ? null
            : request.Key.EndsWith(Sources[0], StringComparison.Ordinal) ? Fault.Cut(1)
            : request.Key.EndsWith(Sources[1], StringComparison.Ordinal) ? Fault.Cut(50_000) : Fault.StallAt(20));
        proxy.Choose = request => IsResumed(request) ? null : first(request);

        var faulty = await RunAsync(TwoFiles with { Threads = threads }, Through(proxy, Source));

        Assert.Equal(3, faulty.Report.Retries);
        Assert.Equal(
            [
                Sources[0], $"{Sources[0]} bytes=1-", Sources[1], $"{Sources[1]} bytes=50000-", Sources[2],
                $"{Sources[2]} bytes=20-",
            ],
            SourcesRead(proxy.Requests).Order(StringComparer.Ordinal));
        Assert.All(proxy.Requests.Where(request => request.Operation == "Get"), request => Assert.NotEmpty(
            request.Headers["If-Match"]));
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task An_answer_in_XML_that_is_cut_is_no_answer()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = FirstTime(request => request.Operation is "List" or "Complete" ? Fault.Cut(60) : null);

        var faulty = await RunThroughAsync(proxy, TwoFiles);

        int cut = proxy.Requests.Where(request => request.Operation is "List" or "Complete")
            .Select(request => $"{request.Method} {request.Target}").Distinct().Count();
        Assert.InRange(cut, 6, 20);
        Assert.Equal((cut, cut), (proxy.Faults, faulty.Report.Retries));
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task An_upload_whose_beginning_nobody_heard_of_is_left_to_the_lifecycle_rule_and_harms_nothing()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = FirstTime(request => request.Operation == "Initiate" ? Fault.AnswerLost : null);
        var aggregation = new AggregationRun(
            Through(proxy, Source), Through(proxy, Destination), TwoFiles, TimeProvider.System);

        var report = await aggregation.RunAsync(new Unit(Month), Cancellation);

        Assert.Equal((EventsInMonth, 3), (report.Events, report.Retries));
        Assert.Equal(3, (await LeftoversAsync()).Length);
        Assert.Equal([Parquet0, Parquet1, Rejects0], await KeysAsync());
    }

    [Fact]
    public async Task Answers_that_drip_slowly_are_waited_for()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = _ => Fault.SlowDrip;

        var faulty = await RunThroughAsync(proxy, TwoFiles);

        Assert.Equal(0, faulty.Report.Retries);
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task Requests_that_arrive_twice_do_what_they_do_once()
    {
        await PutMonthAsync();
        var proxy = NewProxy();

        // Nobody knows of a second upload that the server started, so only the bucket's lifecycle rule aborts it.
        proxy.Choose = request => request.Operation == "Initiate" ? null : Fault.Twice;

        var faulty = await RunThroughAsync(proxy, TwoFiles);

        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task A_completion_that_answers_200_with_an_error_is_sent_again()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        proxy.Choose = FirstTime(request => request.Operation == "Complete" ? Fault.ErrorWithStatus200 : null);

        var faulty = await RunThroughAsync(proxy, TwoFiles);

        Assert.Equal(3, proxy.Faults);
        Assert.Equal(3, faulty.Report.Retries);
        await AssertSameAsUndisturbedAsync(faulty);
    }

    [Fact]
    public async Task A_server_that_is_not_there_for_a_moment_is_asked_again()
    {
        await PutMonthAsync();
        var proxy = NewProxy();
        Task? back = null;
        int lists = 0;
        proxy.Choose = request => request.Operation == "List" && Interlocked.Increment(ref lists) == 1
            ? new Fault { Then = () => back = AwayAsync(proxy) }
            : null;

        var faulty = await RunThroughAsync(proxy, TwoFiles, longestWaitSeconds: 2);

        await back!;
        Assert.NotEqual(0, faulty.Report.Retries);
        await AssertSameAsUndisturbedAsync(faulty);
    }

    private static async Task AwayAsync(FaultProxy proxy)
    {
        await proxy.RefuseAsync();
        await Task.Delay(300, Cancellation);
        proxy.Listen();
    }

    /// <summary>An upload that the server has started and the client does not know of; it has its own test.</summary>
    private static bool IsBegunUnseen(FakeRequest request, string fault) =>
        request.Operation == "Initiate" && fault == "answer lost";

    private async Task AssertSameAsUndisturbedAsync(MonthResult faulty)
    {
        byte[] rejects = await BytesAsync(Rejects0);
        var plain = await RunAsync(TwoFiles);

        Assert.Equal((EventsInMonth, 2, 2), (faulty.Report.Events, faulty.Report.Rejects, faulty.Report.Outputs.Count));
        Assert.Equal(plain.Files, faulty.Files);
        Assert.Equal(await BytesAsync(Rejects0), rejects);
        Assert.Empty(plain.Report.Removed);
    }
}

public sealed class FaultsOfDailyFiles(S3Server server) : FaultTests(server, SourceLayout.Daily);

public sealed class FaultsOfTrails(S3Server server) : FaultTests(server, SourceLayout.Trail);
