using System.Diagnostics;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.EndToEnd;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>On S3: at every request of the run, and at random moments.</summary>
public sealed class KillsInS3(S3Server server) : KillTest(new S3MonthStores(server))
{
    /// <summary>More than a run of this month sends.</summary>
    private const int MostRequests = 60;

    /// <summary>Every request where everything is asked for.</summary>
    private static readonly int Step = TestRun.RequiresAll ? 1 : 4;

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public async Task A_run_that_is_killed_at_any_request_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(int rowsPerFile)
    {
        await PutMonthAsync(rowsPerFile);
        bool isDone = false;
        for (int at = 1; !isDone; at += Step)
        {
            Assert.InRange(at, 1, MostRequests);
            await using var proxy = new FaultProxy(server.EndpointUrl);
            using var process = Start(proxy, rowsPerFile);
            int seen = 0;
            var kill = Fault.AnswerLost with { Then = process.Kill };
            proxy.Choose = _ => Interlocked.Increment(ref seen) == at ? kill : null;

            isDone = await process.IsDoneAsync();
            await proxy.SettledAsync();
            await AssertOldOrNewAsync(rowsPerFile);
        }

        Assert.InRange(Kills.All, 15 / Step, MostRequests);
        Assert.InRange(Kills.Old, 2, Kills.All - 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public async Task A_run_that_is_killed_at_a_random_moment_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(int rowsPerFile)
    {
        await PutMonthAsync(rowsPerFile);
        var random = new Random();
        for (int round = 0; round < TestRun.Rounds(3); round++)
        {
            await using var proxy = new FaultProxy(server.EndpointUrl);
            using var process = Start(proxy, rowsPerFile);
            Task? killing = null;
            var delay = TimeSpan.FromMilliseconds(random.Next(800));
            proxy.Choose = _ =>
            {
                killing ??= process.KillAfterAsync(delay);
                return null;
            };

            await process.IsDoneAsync();
            await killing!;
            await proxy.SettledAsync();
            await AssertOldOrNewAsync(rowsPerFile);
        }
    }

    [Fact]
    public async Task A_function_that_is_killed_in_its_run_leaves_the_month_old_or_new_and_a_rerun_makes_it_new()
    {
        await PutMonthAsync(rowsPerFile: 0);
        var (source, destination) = ((S3Store)Source, (S3Store)Destination);
        bool isDone = false;
        for (int at = 2; !isDone; at += 2 * Step)
        {
            Assert.InRange(at, 1, MostRequests);
            await using var proxy = new FaultProxy(server.EndpointUrl);
            await using var function = LambdaProcess.OfBuild(
                ("SRC_BUCKET", source.Bucket), ("SRC_PREFIX", source.FullKeyOf("")), ("DST_BUCKET", destination.Bucket), ("DST_PREFIX", destination.FullKeyOf("")),
                ("AWS_ENDPOINT_URL_S3", proxy.EndpointUrl));
            using var process = Process.GetProcessById(function.Id);
            int seen = 0;
            proxy.Choose = _ => Interlocked.Increment(ref seen) == at ? Fault.AnswerLost with { Then = process.Kill } : null;

            isDone = await Record.ExceptionAsync(() => function.ReportAsync("""{"month":"2024-02"}""")) is null;
            Assert.Equal(isDone, seen < at);
            await proxy.SettledAsync();
            await AssertOldOrNewAsync(rowsPerFile: 0);
        }

        Assert.InRange(Kills.All, 2, MostRequests);
    }

    private KilledProcess Start(FaultProxy proxy, int rowsPerFile) => new(
        [.. Arguments(Source, Destination, rowsPerFile), "--endpoint-url", proxy.EndpointUrl, "--path-style"],
        TestCredentials.Variables);
}

/// <summary>In directories: at every change of the destination, and at random moments.</summary>
public sealed class KillsInDirectories() : KillTest(new DirectoryMonthStores())
{
    private const int MostChanges = 200;

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public async Task A_run_that_is_killed_at_any_change_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(int rowsPerFile)
    {
        await PutMonthAsync(rowsPerFile);
        bool isDone = false;
        for (int at = 1; !isDone; at = at < 12 ? at + 1 : at * 4 / 3)
        {
            Assert.InRange(at, 1, MostChanges);
            using var changes = new FileSystemWatcher(Destination.UriOf("")) { IncludeSubdirectories = true };
            using var process = new KilledProcess(Arguments(Source, Destination, rowsPerFile));
            int seen = 0;
            changes.Created += Count;
            changes.Changed += Count;
            changes.Renamed += Count;
            changes.Deleted += Count;
            changes.EnableRaisingEvents = true;

            isDone = await process.IsDoneAsync();
            changes.EnableRaisingEvents = false;
            await AssertOldOrNewAsync(rowsPerFile);

            void Count(object sender, FileSystemEventArgs change)
            {
                if (Interlocked.Increment(ref seen) == at) process.Kill();
            }
        }

        Assert.InRange(Kills.All, 5, 40);

        // The temporary files of all those runs: the reruns have removed them.
        Assert.Empty(await LeftoversAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public async Task A_run_that_is_killed_at_a_random_moment_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(int rowsPerFile)
    {
        await PutMonthAsync(rowsPerFile);
        var random = new Random();
        for (int round = 0; round < TestRun.Rounds(3); round++)
        {
            using var process = new KilledProcess(Arguments(Source, Destination, rowsPerFile));
            var killing = process.KillAfterAsync(TimeSpan.FromMilliseconds(200 + random.Next(800)));

            await process.IsDoneAsync();
            await killing;
            await AssertOldOrNewAsync(rowsPerFile);
        }

        Assert.Empty(await LeftoversAsync());
    }
}
