using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Tests.Entry;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A month whose files are what a run would write is not read again, and any change makes it read again.
/// </summary>
public abstract class UnchangedTests(MonthStores stores) : MonthTest(stores)
{
    private const string Key = "2024/02/01/000000.ndjson";

    [Fact]
    public async Task A_rerun_reads_no_object_writes_nothing_and_reports_the_same_counts()
    {
        await PutAsync(Key, Event("a"), Event("a"), Event("b"));
        var first = await RunAsync();
        var stored = await Destination.FindAsync(Parquet0);

        var again = await RunAsync(source: Unread);

        Assert.Equal((RunStatus.Written, RunStatus.Unchanged), (first.Report.Status, again.Report.Status));
        Assert.Equal(stored, await Destination.FindAsync(Parquet0));
        Assert.Equal(first.Report.Outputs, again.Report.Outputs);
        Assert.Equal(
            (first.Report.Lines, first.Report.Events, first.Report.Duplicates, first.Report.SourceFiles),
            (again.Report.Lines, again.Report.Events, again.Report.Duplicates, again.Report.SourceFiles));
        Assert.Equal(
            (true, 0L), (first.Report.EventsPerSecond > 0, again.Report.EventsPerSecond));
    }

    [Fact]
    public async Task A_dry_run_of_it_says_that_nothing_would_be_written()
    {
        await PutAsync(Key, Event("a"));
        await RunAsync();

        var report = await new DryRun(Source, Destination, new RunOptions(), TimeProvider.System)
            .RunAsync(new Unit(Month), Cancellation);

        Assert.Equal((RunStatus.Unchanged, 1L), (report.Status, report.Events));
    }

    [Theory]
    [InlineData(Key)]
    [InlineData("2024/02/02/000000.ndjson")]
    public async Task A_source_that_changed_or_came_is_read(string key)
    {
        await PutAsync(Key, Event("a"));
        await RunAsync();

        await PutAsync(key, Event("b"));
        var again = await RunAsync();

        Assert.Equal(RunStatus.Written, again.Report.Status);
        Assert.Contains("b", Ids(again.Rows));
    }

    public static TheoryData<RunOptions> OtherSettings() =>
    [
        new RunOptions { Codec = Codec.None }, new RunOptions { RowsPerFile = 10 },
        new RunOptions { DamagedObjects = DamagedObjects.Skip }, new RunOptions { Deduplicate = false, Replace = true },
        new RunOptions { Replace = true },
    ];

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public async Task Another_setting_or_the_word_replace_writes_the_month_again(RunOptions options)
    {
        await PutAsync(Key, Event("a"));
        await RunAsync();

        var again = await RunAsync(options);

        Assert.Equal(RunStatus.Written, again.Report.Status);
    }

    [Fact]
    public async Task A_month_with_rejects_is_unchanged_as_long_as_its_reject_file_is()
    {
        await PutAsync(Key, Event("a"), "a reject");
        var first = await RunAsync();
        byte[] rejects = await BytesAsync(Rejects0);

        var unchanged = await RunAsync();
        await PutBytesAsync(Destination, Rejects0, Gzip([]));
        var replaced = await RunAsync();
        await Destination.DeleteAsync(Rejects0, Cancellation);
        var gone = await RunAsync();

        Assert.Equal(
            (RunStatus.Unchanged, 1L, 2L, first.Report.RejectFile),
            (unchanged.Report.Status, unchanged.Report.Rejects, unchanged.Report.Lines, unchanged.Report.RejectFile));
        Assert.Equal((RunStatus.Written, RunStatus.Written), (replaced.Report.Status, gone.Report.Status));
        Assert.Equal(rejects, await BytesAsync(Rejects0));
    }

    [Fact]
    public async Task Rejects_that_another_run_left_behind_are_removed_by_a_run()
    {
        await PutAsync(Key, Event("a"));
        await RunAsync();
        await PutBytesAsync(Destination, Rejects0, Gzip([]));

        var again = await RunAsync();

        Assert.Equal((RunStatus.Written, 1), (again.Report.Status, again.Report.Removed.Count));
    }

    [Theory]
    [InlineData(5, RunStatus.Unchanged)]
    [InlineData(4, RunStatus.Written)]
    public async Task Of_several_files_the_last_is_known_by_having_fewer_rows(int events, RunStatus status)
    {
        var two = new RunOptions { RowsPerFile = 2 };
        await PutAsync(Key, Events(events));
        await RunAsync(two);

        Assert.Equal(status, (await RunAsync(two)).Report.Status);
    }

    [Theory]
    [InlineData(Parquet1)]
    [InlineData("2024/02/000002.parquet")]
    public async Task A_missing_file_of_several_is_written_again(string missing)
    {
        var two = new RunOptions { RowsPerFile = 2 };
        await PutAsync(Key, Events(5));
        await RunAsync(two);
        await Destination.DeleteAsync(missing, Cancellation);

        var again = await RunAsync(two);

        Assert.Equal((RunStatus.Written, 3), (again.Report.Status, again.Report.Outputs.Count));
    }

    [Fact]
    public async Task Skipped_damage_stays_in_the_report()
    {
        var skip = new RunOptions { DamagedObjects = DamagedObjects.Skip };
        await PutAsync(Key, Event("a"));
        await PutTextAsync("2024/02/02/000000.json", "[" + Event("b"));
        var first = await RunAsync(skip);

        var again = await RunAsync(skip, Unread);

        Assert.Equal(RunStatus.Unchanged, again.Report.Status);
        Assert.Equal(first.Report.DamagedObjects.Count, again.Report.DamagedObjects.Count);
        Assert.Equal(first.Report.DamagedObjects.First, again.Report.DamagedObjects.First);
        Assert.Equal((1L, 0L), (first.Report.NewDamagedObjects, again.Report.NewDamagedObjects));
    }

    /// <summary>Only then does the file tell that its month is complete.</summary>
    [Theory]
    [InlineData("2024-02-29T23:00:00Z", "2024-02-29T23:30:00Z", RunStatus.Unchanged)]
    [InlineData("2024-02-29T23:00:00Z", "2024-03-01T03:00:00Z", RunStatus.Written)]
    [InlineData("2024-03-01T03:00:00Z", "2024-03-02T03:00:00Z", RunStatus.Unchanged)]
    public async Task A_file_that_was_written_before_its_month_ended_is_written_once_more_afterwards(
        string written, string now, RunStatus status)
    {
        await PutAsync(Key, Event("a"));
        await RunAsync();
        Time = new FakeTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        var again = await RunAsync(destination: new WrittenAt(
            Destination, DateTimeOffset.Parse(written, System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(status, again.Report.Status);
    }

    private InterruptedStore Unread => new(Source)
    {
        Opening = key => throw new InvalidOperationException($"{key} is opened."),
    };

    /// <summary>A store whose listing shows another time.</summary>
    private sealed class WrittenAt(IObjectStore store, DateTimeOffset modified) : IObjectStore
    {
        public string UriOf(string key) => store.UriOf(key);

        public string Root => store.Root;

        public async IAsyncEnumerable<StoredObject> ListAsync(
            string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var stored in store.ListAsync(prefix, cancellation))
            {
                yield return stored with { Modified = modified };
            }
        }

        public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellation) =>
            store.ListFoldersAsync(prefix, cancellation);

        public Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation) =>
            store.OpenAsync(source, cancellation);

        public Task ReadRangeAsync(
            StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation) =>
            store.ReadRangeAsync(source, offset, destination, cancellation);

        public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
            store.Stage(key, contentType, cancellation);

        public Task DeleteAsync(string key, CancellationToken cancellation) => store.DeleteAsync(key, cancellation);
    }
}
