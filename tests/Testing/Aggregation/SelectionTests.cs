using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// Accounts and regions narrow a trail, and a month is not replaced by one of another selection unless the request says
/// so.
/// </summary>
public abstract class SelectionTests(MonthStores stores) : TrailTest(stores)
{
    private static readonly string[] Files =
    [
        LogFile(One, 1), LogFile(One, 1, "eu-west-1"), LogFile(Two, 1),
        LogFile(Two, 2, "eu-west-1", "CloudTrail-Insight"),
    ];

    [Theory]
    [InlineData("", "", 0, 1, 2, 3)]
    [InlineData(One, "", 0, 1)]
    [InlineData("222222222222,111111111111", "us-east-1", 0, 2)]
    [InlineData("", "eu-west-1,us-west-2", 1, 3)]
    [InlineData(Two, "eu-west-1", 3)]
    public async Task Only_the_chosen_accounts_and_regions_are_listed_and_read(
        string accounts, string regions, params int[] files)
    {
        await PutLogsAsync("AWSLogs/o-a/", Files);
        var source = new InterruptedStore(Source)
        {
            Listing = (prefix, _) =>
            {
                Assert.Contains(
                    files, file => ("AWSLogs/o-a/" + Files[file]).StartsWith(prefix, StringComparison.Ordinal));
                return Task.CompletedTask;
            },
        };

        var result = await RunAsync(Trail(accounts, regions), source: source);

        Assert.Equal(
            files.Select(file => Files[file])
                .OrderBy(file => file.Contains("/02/02/", StringComparison.Ordinal))
                .ThenBy(file => file, StringComparer.Ordinal),
            Ids(result.Rows));
    }

    [Theory]
    [InlineData(
        "333333333333", "", "AWSLogs/",
        "ROOT has the folders 111111111111/, 222222222222/, and none of them is in ACCOUNTS (--account). Correct "
        + "ACCOUNTS (--account).")]
    [InlineData(
        "", "us-west-2", "AWSLogs/",
        "ROOT has the folders eu-west-1/, us-east-1/, and none of them is in REGIONS (--region). Correct REGIONS "
        + "(--region).")]
    [InlineData(
        Two, "", "AWSLogs/111111111111/",
        "What ROOT holds is not in ACCOUNTS (--account). Correct the source (SRC_BUCKET and SRC_PREFIX, --source) or "
        + "ACCOUNTS (--account).")]
    [InlineData(
        "", "eu-west-1", "AWSLogs/111111111111/CloudTrail/us-east-1/",
        "What ROOT holds is not in REGIONS (--region). Correct the source (SRC_BUCKET and SRC_PREFIX, --source) or "
        + "REGIONS (--region).")]
    public async Task A_choice_that_leaves_nothing_says_so(string accounts, string regions, string place, string reason)
    {
        await PutLogsAsync("AWSLogs/", Files);

        var report = (await RunAsync(Trail(accounts, regions), source: Below(place))).Report;

        Assert.EndsWith(
            " " + reason.Replace("ROOT", Below(place).Root, StringComparison.Ordinal), report.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daily_files_have_no_accounts_to_choose()
    {
        await PutAsync("2024/02/01/a.ndjson", Event("a"));

        var failure = await FailsAsync(new RunOptions { Selection = new SourceSelection { Accounts = [One] } });

        Assert.StartsWith(
            $"{Source.Root}: ACCOUNTS and REGIONS (--account, --region) choose from a trail, and this is none",
            failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_selection_is_refused_until_the_request_says_replace()
    {
        await PutLogsAsync("AWSLogs/", LogFile(One, 1));
        await RunAsync(Trail());
        await PutLogsAsync("AWSLogs/", Files);

        var accounts = await FailsAsync(Trail(accounts: One));
        var regions = await FailsAsync(Trail(regions: "us-east-1,eu-west-1"));
        var source = await FailsAsync(Trail(), source: Below("AWSLogs/"));
        var duplicates = await FailsAsync(Trail() with { Deduplicate = false });
        await PutAsync("2024/02/01/a.ndjson", Events(9));
        var layout = await FailsAsync(
            new RunOptions { Selection = new SourceSelection { Layout = SourceLayout.Daily } });
        var same = await RunAsync(Trail());
        var replaced = await RunAsync(Trail(accounts: One) with { Replace = true });

        Assert.StartsWith(
            $"{Destination.UriOf(Parquet0)}: it was written from another selection: accounts all (now {One}). Events "
            + "could be missing",
            accounts.Message, StringComparison.Ordinal);
        Assert.Contains("\"replace\": true (--replace)", accounts.Message, StringComparison.Ordinal);
        Assert.Contains("regions all (now eu-west-1,us-east-1).", regions.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"source {Source.Root} (now {Below("AWSLogs/").Root}).", source.Message, StringComparison.Ordinal);
        Assert.Contains("deduplicate true (now false).", duplicates.Message, StringComparison.Ordinal);
        Assert.Contains("layout trail (now daily).", layout.Message, StringComparison.Ordinal);
        Assert.Equal((4L, 2L), (same.Report.Events, replaced.Report.Events));
    }

    [Fact]
    public async Task Another_selection_is_refused_before_anything_is_read()
    {
        await PutLogsAsync("AWSLogs/", Files);
        await RunAsync(Trail());
        var unread = new InterruptedStore(Source)
        {
            Opening = key => throw new InvalidOperationException($"{key} is opened."),
        };

        var failure = await FailsAsync(Trail(accounts: One), unread);

        Assert.Contains("another selection: accounts all", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Trail() with { Replace = true }, unread));
    }

    [Fact]
    public async Task A_file_says_what_it_was_selected_from()
    {
        await PutLogsAsync("AWSLogs/", Files);

        var metadata = DuckDbRows.Metadata((await RunAsync(Trail(Two, "us-east-1"))).Files[0]);

        string[] names = ["source", "layout", "accounts", "regions", "deduplicate"];
        Assert.Equal(
            [Source.Root, "trail", Two, "us-east-1", "true"],
            names.Select(name => metadata["cloudtrail_aggregation." + name]));
    }

    [Fact]
    public async Task A_file_of_an_older_version_without_a_selection_is_replaced()
    {
        await PutLogsAsync("AWSLogs/", Files);
        await PutBytesAsync(Destination, Parquet0, OlderFile());

        var result = await RunAsync(Trail(accounts: One));

        Assert.Equal(2, result.Report.Events);
    }

    /// <summary>A file whose metadata has a run, and no selection.</summary>
    private static byte[] OlderFile()
    {
        string path = Path.GetTempFileName();
        using (var duckDb = new DuckDb())
        {
            duckDb.Execute(
                $"COPY (SELECT 'e' AS event_id, now()::TIMESTAMP AS event_time) TO '{path}' (FORMAT parquet, "
                + $"KV_METADATA {{'cloudtrail_aggregation.run': '00', 'cloudtrail_aggregation.month': '2024-02'}})");
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
