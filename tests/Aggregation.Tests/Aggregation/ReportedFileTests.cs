using CloudTrailAggregation.Tests.Events;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Files that people who collect CloudTrail logs have reported elsewhere; in directories only, because stores do not
/// depend on records.
/// </summary>
public sealed class ReportedFileTests() : MonthTest(new DirectoryMonthStores())
{
    [Theory]
    [InlineData("concatenated", 5_300)]
    [InlineData("double-gzip", 800)]
    [InlineData("cr-only", 6)]
    [InlineData("array-file", 3_000)]
    public async Task An_unusual_file_is_read_whole(string name, int events)
    {
        await PutReportedAsync(name);

        var result = await RunAsync();

        Assert.Equal((events, events), (result.Report.Lines, result.Report.Events));
        Assert.Equal(events, result.Rows.Select(row => row["event_id"]).Distinct().Count());
    }

    [Theory]
    [InlineData("gz-zero-padded", "stray bytes after its last gzip member")]
    [InlineData("repeated-bad", "20000 of 20300 records are rejects")]
    [InlineData("no-record-digest", "a CloudTrail digest")]
    [InlineData("no-record-eventbridge", "an EventBridge envelope")]
    [InlineData("no-record-lowercase", "its member names were rewritten")]
    [InlineData("no-record-empty-object", "5 of 5 records are rejects, and there is no event")]
    public async Task A_file_of_another_kind_fails_the_run(string name, string expected)
    {
        await PutReportedAsync(name);

        Assert.Contains(expected, (await FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_file_of_another_kind_beside_good_ones_is_named()
    {
        await PutReportedAsync("csv-mixed");

        var result = await RunAsync();

        Assert.Equal((300, 91), (result.Report.Events, result.Report.Rejects));
        Assert.Equal([Source.UriOf("2024/02/02/000000.json")], result.Report.ObjectsWithoutEvents.First);
    }

    private async Task PutReportedAsync(string name)
    {
        string directory = SharedData.Require(Path.Combine("reported", name));
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            await PutBytesAsync(
                Path.GetRelativePath(directory, path), await File.ReadAllBytesAsync(path, Cancellation));
        }
    }
}
