using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A run over a month without lines reports what exists where the month should be.</summary>
public abstract class EmptyMonthTests(MonthStores stores) : MonthTest(stores)
{
    private static readonly RunOptions Daily =
        new() { Selection = new SourceSelection { Layout = SourceLayout.Daily } };

    private const string Correct = "Correct the source (SRC_BUCKET and SRC_PREFIX, --source).";

    [Theory]
    [InlineData(
        "ROOT has the years 2019, 2022 to 2024, and of 2024 the months 01, 03 to 05. If the month should be there, see "
        + "why stage 1 left nothing.",
        "2019/12/01/a.ndjson", "2022/01/01/a.ndjson", "2023/01/01/a.ndjson", "2024/01/31/a.ndjson",
        "2024/03/01/a.ndjson", "2024/04/01/a.ndjson", "2024/05/01/a.ndjson")]
    [InlineData(
        "ROOT has the year 2023, and of 2023 the month 11. If the month should be there, see why stage 1 left nothing.",
        "2023/11/01/a.ndjson")]
    [InlineData(
        "ROOT has the year 2024, and of 2024 no month. If the month should be there, see why stage 1 left nothing.",
        "2024/2/01/a.ndjson")]
    [InlineData(
        "ROOT has no years (YYYY/MM/DD/) and no AWSLogs/, but the folder 02/. " + Correct, "02/01/a.ndjson",
        "b.ndjson")]
    [InlineData(
        "ROOT has no years (YYYY/MM/DD/) and no AWSLogs/, but the folders 00/, 01/, 02/, 03/, 04/, 05/, 06/, 07/, 08/, "
        + "09/ and 2 more. " + Correct,
        "00/a", "01/a", "02/a", "03/a", "04/a", "05/a", "06/a", "07/a", "08/a", "09/a", "10/a", "11/a")]
    public async Task The_folders_that_exist_at_the_prefix_are_named(string found, params string[] keys)
    {
        foreach (string key in keys)
        {
            await PutTextAsync(key, "x");
        }

        var result = await RunAsync();

        Assert.Equal(
            $"{Source.UriOf("2024/02/")}: there is nothing to read (DD/*.ndjson or *.json, also with .gz). "
            + $"{found.Replace("ROOT", Source.UriOf("").TrimEnd('/') + "/", StringComparison.Ordinal)}",
            result.Report.Reason);
    }

    [Fact]
    public async Task Keys_that_are_no_sources_are_named()
    {
        for (int number = 0; number < 7; number++)
        {
            await PutTextAsync($"2024/02/01/{number}.csv", "x");
        }

        var result = await RunAsync();

        Assert.StartsWith(
            $"{Source.UriOf("2024/02/")}: there is nothing to read: "
            + "none of its keys is a source (DD/*.ndjson or *.json, also with .gz): "
            + "2024/02/01/0.csv, 2024/02/01/1.csv, 2024/02/01/2.csv, 2024/02/01/3.csv, 2024/02/01/4.csv and 2 more. ",
            result.Report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_without_a_record_are_told_from_no_files()
    {
        await PutTextAsync("2024/02/01/a.ndjson", "\n\n");
        await PutTextAsync("2024/02/02/a.ndjson.gz", "\n");

        var result = await RunAsync();

        Assert.StartsWith(
            $"{Source.UriOf("2024/02/")}: its 2 files have no record. ", result.Report.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_with_events_has_no_reason_and_its_folders_are_not_listed_in_a_known_layout()
    {
        await PutAsync("2024/02/01/a.ndjson", Event("a"));
        var watched =
            new InterruptedStore(Source) { ListingFolders = _ => throw new InvalidOperationException("listed") };

        var result = await RunAsync(Daily, source: watched);

        Assert.Null(result.Report.Reason);
    }

    [Fact]
    public async Task A_trail_that_is_to_be_read_as_daily_files_is_told_from_anything_else()
    {
        await PutTextAsync("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/02/01/a.json.gz", "x");

        var result = await RunAsync(Daily);

        Assert.EndsWith(
            $" {Source.UriOf("").TrimEnd('/')}/ is a trail's. Set SRC_LAYOUT (--layout) to trail to read it.",
            result.Report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_may_not_be_listed_leave_the_month_empty()
    {
        var refusing = new InterruptedStore(Source)
        {
            ListingFolders = _ => throw new AggregationException("s3://b/: access denied."),
        };

        var result = await RunAsync(Daily, source: refusing);

        Assert.Equal(
            $"{Source.UriOf("2024/02/")}: there is nothing to read (DD/*.ndjson or *.json, also with .gz). "
            + "What exists instead cannot be listed: s3://b/: access denied.",
            result.Report.Reason);
    }

    [Fact]
    public async Task Names_from_outside_are_escaped_and_bounded()
    {
        await PutTextAsync($"{new string('x', 100)}/a", "x");
        await PutTextAsync("\u202ename/a", "x");

        var result = await RunAsync();

        Assert.Contains(
            $"the folders {new string('x', 80)} …, \\u202ename/. ", result.Report.Reason, StringComparison.Ordinal);
    }
}
