using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Entry;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>What a dry run says is what the run does, and it changes nothing itself.</summary>
public abstract class DryRunTests(MonthStores stores) : TrailTest(stores)
{
    [Fact]
    public async Task A_dry_run_says_what_the_run_reads_writes_and_removes()
    {
        await PutAsync("2024/02/01/a.ndjson.gz", [.. Events(9), "reject"]);
        await PutAsync("2024/02/03/b.ndjson", Events(1, first: 9));
        await PutAsync("2024/02/03/notes.txt", "note");
        await RunAsync(new RunOptions { RowsPerFile = 4 });
        await PutBytesAsync(Destination, "2024/02/report.pdf", [1, 2, 3]);
        string[] before = await SnapshotAsync();

        var dry = await PlanAsync();

        Assert.Equal(before, await SnapshotAsync());
        var run = (await RunAsync()).Report;
        var planned = dry.Planned!;
        Assert.Equal(RunStatus.Planned, dry.Status);
        Assert.Equal((run.SourceFiles, run.SourceBytes), (dry.SourceFiles, dry.SourceBytes));
        Assert.Equal(
            (run.IgnoredKeys.Count, run.EmptyObjects, run.Layout),
            (dry.IgnoredKeys.Count, dry.EmptyObjects, dry.Layout));
        Assert.Equal(run.MissingDays, dry.MissingDays);
        Assert.Equal([new DateOnly(2024, 2, 1), new DateOnly(2024, 2, 3)], planned.Days);
        Assert.Equal((run.Outputs[0].Uri, true), (planned.FirstFile, planned.Replaces));
        Assert.Equal([.. run.Removed, run.RejectFile!], planned.Removes);
        Assert.Equal((1L, "2024/02/report.pdf"), (planned.Keeps.Count, planned.Keeps.First[0]));
        Assert.Equal(10, planned.MinEvents);
        AssertRequests(run, dry.Requests);
    }

    [Fact]
    public async Task A_first_run_of_a_trail_replaces_and_removes_nothing()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1), LogFile(Two, 28), LogFile(One, 29, "eu-west-1"));
        Time = new FakeTime(new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero));

        var dry = await PlanAsync(Trail());

        Assert.Empty(await SnapshotAsync());
        var run = (await RunAsync(Trail())).Report;
        Assert.Equal((false, 0L), (dry.Planned!.Replaces, dry.Planned.MinEvents));
        Assert.Empty(dry.Planned.Removes);
        Assert.Equal([1, 28], dry.Planned.Days.Select(day => day.Day));
        Assert.Equal([29], dry.OpenDays.Select(day => day.Day));
        Assert.Equal(run.Accounts!.First, dry.Accounts!.First);
        Assert.Equal(run.Regions!.First, dry.Regions!.First);
        Assert.Equal(run.QuietRegions!.First, dry.QuietRegions!.First);
        AssertRequests(run, dry.Requests);
    }

    [Fact]
    public async Task A_month_with_nothing_to_read_is_empty_for_the_same_reason()
    {
        await PutAsync("2024/03/01/a.ndjson", Events(1));

        var dry = await PlanAsync();

        Assert.Equal(RunStatus.Empty, dry.Status);
        Assert.Null(dry.Planned);
        Assert.Equal((await RunAsync()).Report.Reason, dry.Reason);
    }

    [Fact]
    public async Task What_a_run_refuses_before_it_reads_a_dry_run_refuses_too()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1), LogFile(Two, 1));
        await RunAsync(Trail());

        var failure = await Assert.ThrowsAsync<AggregationException>(() => PlanAsync(Trail(accounts: One)));

        Assert.Equal((await FailsAsync(Trail(accounts: One))).Message, failure.Message);
        Assert.Equal(RunStatus.Planned, (await PlanAsync(Trail(accounts: One) with { Replace = true })).Status);
    }

    private Task<RunReport> PlanAsync(RunOptions? options = null) =>
        new DryRun(Source, Destination, options ?? new RunOptions(), Time).RunAsync(new Unit(Month), Cancellation);

    /// <summary>
    /// A dry run knows the reads, and at most how many listings there are; it takes the output for as large as the
    /// source. It knows nothing of rejects, whose upload is 3 requests, nor of a server that completes no upload on a
    /// condition and is asked for each file before.
    /// </summary>
    private static void AssertRequests(RunReport run, RequestCounts? planned)
    {
        Assert.Equal(run.Requests is null, planned is null);
        if (run.Requests is { } requests && planned is not null)
        {
            int completions = run.Outputs.Count + (run.RejectFile is null ? 0 : 1);
            Assert.InRange(requests.List, planned.List / 2, planned.List);
            Assert.InRange(requests.Read, planned.Read, planned.Read + completions);
            Assert.InRange(requests.Write, planned.Write, planned.Write + 3 + completions);
        }
    }
}
