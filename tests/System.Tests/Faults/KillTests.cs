using System.Diagnostics;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.EndToEnd;
using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>Kills on S3: at every request of the run, and at random moments.</summary>
public sealed class KillsInS3(S3Server server) : KillTest(new S3MonthStores(server))
{
    /// <summary>More requests than a run of this month sends.</summary>
    private const int MostRequests = 60;

    /// <summary>Every request if CLOUDTRAIL_REQUIRE_ALL=1.</summary>
    private static readonly int Step = TestRun.RequiresAll ? 1 : 4;

    [Theory]
    [InlineData(0, SourceLayout.Daily)]
    [InlineData(150, SourceLayout.Trail)]
    public async Task A_run_that_is_killed_at_any_request_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(
        int rowsPerFile, SourceLayout layout)
    {
        await PutMonthAsync(rowsPerFile, layout);
        bool isDone = false;
        for (int at = 1; !isDone; at += Step)
        {
            Assert.InRange(at, 1, MostRequests);
            await using var proxy = new FaultProxy(server.EndpointUrl);
            using var process = Start(proxy);
            int seen = 0;
            var kill = Fault.AnswerLost with { Then = process.Kill };
            proxy.Choose = _ => Interlocked.Increment(ref seen) == at ? kill : null;

            isDone = await process.IsDoneAsync();
            Assert.Equal(isDone, seen < at);
            await proxy.SettledAsync();
            await AssertOldOrNewAsync(rowsPerFile, isDone);
        }

        Assert.InRange(Kills.All, 15 / Step, MostRequests);
        Assert.InRange(Kills.Old, 2, Kills.All - 1);
    }

    [Theory]
    [InlineData(0, SourceLayout.Daily)]
    [InlineData(150, SourceLayout.Trail)]
    [InlineData(0, SourceLayout.Trail, UnitKind.Day)]
    public async Task A_run_that_is_killed_at_a_random_moment_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(
        int rowsPerFile, SourceLayout layout, UnitKind unit = UnitKind.Month)
    {
        await PutMonthAsync(rowsPerFile, layout, unit);

        await KillAtRandomAsync(TestRun.Rounds(3), rowsPerFile, async delay =>
        {
            await using var proxy = new FaultProxy(server.EndpointUrl);
            using var process = Start(proxy);
            proxy.Choose = _ =>
            {
                process.KillAfter(delay);
                return null;
            };
            bool isDone = await process.IsDoneAsync();
            var took = process.SinceKillWasSet;
            await proxy.SettledAsync();
            return (isDone, took);
        });

        Assert.Equal(TestRun.Rounds(3), Kills.All);
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
                ("SRC_BUCKET", source.Bucket), ("SRC_PREFIX", source.FullKeyOf("")), ("DST_BUCKET", destination.Bucket),
                ("DST_PREFIX", destination.FullKeyOf("")),
                ("AWS_ENDPOINT_URL_S3", proxy.EndpointUrl));
            using var process = Process.GetProcessById(function.Id);
            int seen = 0;
            proxy.Choose = _ =>
                Interlocked.Increment(ref seen) == at ? Fault.AnswerLost with { Then = process.Kill } : null;

            isDone = await Record.ExceptionAsync(() => function.ReportAsync("""{"month":"2024-02"}""")) is null;
            Assert.Equal(isDone, seen < at);
            await proxy.SettledAsync();
            await AssertOldOrNewAsync(rowsPerFile: 0, isDone);
        }

        Assert.InRange(Kills.All, 2, MostRequests);
    }

    private KilledProcess Start(FaultProxy proxy) => new(
        [.. Arguments(), "--endpoint-url", proxy.EndpointUrl, "--path-style"],
        TestCredentials.Variables);
}

/// <summary>Kills in directories: at every change of the destination, and at random moments.</summary>
public sealed class KillsInDirectories() : KillTest(new DirectoryMonthStores())
{
    private const int MostChanges = 200;

    [Theory]
    [InlineData(0, SourceLayout.Daily)]
    [InlineData(150, SourceLayout.Trail)]
    public async Task A_run_that_is_killed_at_any_change_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(
        int rowsPerFile, SourceLayout layout)
    {
        await PutMonthAsync(rowsPerFile, layout);
        int late = 0;
        bool isBeyond = false;
        for (int at = 1; !isBeyond; at = at < 12 ? at + 1 : at * 4 / 3)
        {
            Assert.InRange(at, 1, MostChanges);
            var (isDone, seen) = await KilledAtAsync(at, rowsPerFile);

            // Near the end a run may end before the kill. Such a run does not count and is repeated.
            for (int again = 0; again < 3 && isDone && seen >= at; again++)
            {
                (isDone, seen) = await KilledAtAsync(at, rowsPerFile);
            }

            isBeyond = seen < at;
            late += isDone && !isBeyond ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"at {late} changes the run was always done before the kill came");
        Assert.InRange(Kills.All, 5, 40);
        Assert.InRange(Kills.Old, 2, Kills.All);
        Assert.InRange(late, 0, Kills.All / 2);

        // The reruns have removed the temporary files of all those runs.
        Assert.Empty(await LeftoversAsync());
    }

    /// <returns>Whether the run ended before the kill, and the number of changes until its end.</returns>
    private async Task<(bool IsDone, int Seen)> KilledAtAsync(int at, int rowsPerFile)
    {
        using var changes = Changes();
        using var process = Start();
        int seen = 0;
        OnEach(changes, () =>
        {
            if (Interlocked.Increment(ref seen) == at)
            {
                process.Kill();
            }
        });
        bool isDone = await process.IsDoneAsync();
        changes.EnableRaisingEvents = false;
        await AssertOldOrNewAsync(rowsPerFile, isDone);
        return (isDone, seen);
    }

    [Theory]
    [InlineData(0, SourceLayout.Daily)]
    [InlineData(150, SourceLayout.Trail)]
    [InlineData(0, SourceLayout.Trail, UnitKind.Day)]
    public async Task A_run_that_is_killed_at_a_random_moment_leaves_the_month_old_or_new_and_a_rerun_makes_it_new(
        int rowsPerFile, SourceLayout layout, UnitKind unit = UnitKind.Month)
    {
        await PutMonthAsync(rowsPerFile, layout, unit);

        await KillAtRandomAsync(TestRun.Rounds(3), rowsPerFile, async delay =>
        {
            using var changes = Changes();
            using var process = Start();
            OnEach(changes, () => process.KillAfter(delay));
            bool isDone = await process.IsDoneAsync();
            return (isDone, process.SinceKillWasSet);
        });

        Assert.Equal(TestRun.Rounds(3), Kills.All);
        Assert.Empty(await LeftoversAsync());
    }

    private KilledProcess Start() => new(Arguments());

    private FileSystemWatcher Changes() => new(Destination.UriOf("")) { IncludeSubdirectories = true };

    private static void OnEach(FileSystemWatcher changes, Action act)
    {
        changes.Created += (_, _) => act();
        changes.Changed += (_, _) => act();
        changes.Renamed += (_, _) => act();
        changes.Deleted += (_, _) => act();
        changes.EnableRaisingEvents = true;
    }
}
