using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>Months of trails are proven, in each kind of store.</summary>
public abstract class CheckTrailTests(MonthStores stores) : CheckTest(stores)
{
    [Theory]
    [InlineData("2021-07", 1_388, 11_805, 9_342, 2_463)]
    [InlineData("2023-07", 55, 2_900, 2_900, 0)]
    public async Task A_real_trail_that_is_whole_is_proven(
        string month, int objects, int records, int events, int duplicates)
    {
        await PutTrailAsync(SharedData.Require("trail"), $"/{month.Replace('-', '/')}/");
        await RunAsync(new RunOptions { Threads = 2 }, month: MonthOf(month));

        var found = await CheckAsync(month: MonthOf(month));

        AssertCounts((objects, records, events, duplicates, 0), found);
    }

    [Fact]
    public async Task The_sample_trail_is_proven_and_an_event_less_is_found()
    {
        await PutTrailAsync(Repository.File("tests", "data", "trail"), "/2024/");
        var written = await RunAsync(month: SampleMonth);

        var found = await CheckAsync(month: SampleMonth);

        AssertCounts((99, 417, 400, 16, 1), found);
        Assert.Equal(written.Report.SourceFiles, found.SourceFiles);

        await ChangeAsync(rows => rows.RemoveAt(200), key: SampleParquet);

        string difference = await DiffersAsync(month: SampleMonth);
        string start = $"{Destination.UriOf(SampleParquet)}, row 201 is not the event of {Source.UriOf("AWSLogs/")}";
        Assert.StartsWith(start, difference, StringComparison.Ordinal);
        Assert.Matches("\\.json\\.gz, record [0-9]+: column event_id: .*\\. The row holds another event", difference);
    }

    [Fact]
    public async Task Only_the_chosen_accounts_and_regions_are_proven()
    {
        await PutTrailAsync(Repository.File("tests", "data", "trail"), "/2024/");
        var selection = new SourceSelection { Accounts = ["936776800000"], Regions = ["us-east-1"] };
        var written = await RunAsync(new RunOptions { Selection = selection }, month: SampleMonth);

        var found = await CheckAsync(selection: selection, month: SampleMonth);

        Assert.Equal((written.Report.SourceFiles, written.Report.Events), (found.SourceFiles, found.Counts.Events));
        Assert.InRange(found.Counts.Events, 1, 200);
        Assert.Contains(
            "it was written from the accounts 936776800000. Check it with --account and the same names.",
            await DiffersAsync(month: SampleMonth),
            StringComparison.Ordinal);
    }

    protected static Month SampleMonth { get; } = new(2024, 3);

    protected const string SampleParquet = "2024/03/000000.parquet";

    protected static Month MonthOf(string text) =>
        Month.TryParse(text, out var month) ? month : throw new ArgumentException(text, nameof(text));

    private static void AssertCounts(
        (int Objects, long Records, long Events, long Duplicates, long Rejects) expected, CheckedMonth found)
    {
        var counts = found.Counts;
        Assert.Equal(
            expected, (found.SourceFiles, counts.Records, counts.Events, counts.Duplicates, counts.Rejects));
    }

    /// <summary>Puts the files of a directory whose path has a part.</summary>
    private async Task PutTrailAsync(string directory, string part)
    {
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string key = Path.GetRelativePath(directory, path).Replace('\\', '/');
            if (key.Contains(part, StringComparison.Ordinal))
            {
                await PutBytesAsync(key, await File.ReadAllBytesAsync(path, Cancellation));
            }
        }
    }
}
