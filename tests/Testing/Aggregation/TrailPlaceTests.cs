using System.Collections.Concurrent;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A trail is found wherever the source points on its path, and nothing beside it is read.</summary>
public abstract class TrailPlaceTests(MonthStores stores) : TrailTest(stores)
{
    /// <summary>One account and region, so that every place on the path has the same events.</summary>
    private static readonly string[] Files =
        [LogFile(One, 1), LogFile(One, 1, time: "0010Z"), LogFile(One, 2), LogFile(One, 29, suffix: ".json")];

    [Theory]
    [InlineData("")]
    [InlineData("logs/production/")]
    [InlineData("o-abc123/")]
    public async Task The_same_rows_come_from_every_place_on_the_path_of_an_account(string before) =>
        await AssertEveryPlaceAsync(before, before + "AWSLogs/");

    [Theory]
    [InlineData("", "AWSLogs/o-abc123/")]
    [InlineData("logs/", "logs/AWSLogs/o-abc123/")]
    [InlineData("", "o-abc123/AWSLogs/o-abc123/")]
    [InlineData("logs/", "logs/o-abc123/AWSLogs/o-abc123/")]
    public async Task The_same_rows_come_from_every_place_on_the_path_of_an_organization(
        string root, string accounts) =>
        await AssertEveryPlaceAsync(root, accounts);

    [Fact]
    public async Task Several_organizations_and_trails_are_read_by_day_and_then_by_key()
    {
        (string Prefix, string File)[] files =
        [
            ("AWSLogs/", LogFile(Two, 1)),
            ("AWSLogs/o-a1/", LogFile(One, 1)),
            ("AWSLogs/o-a1/", LogFile("333333333333", 3, "eu-west-1")),
        ];
        foreach (var (prefix, file) in files)
        {
            await PutLogsAsync(prefix, file, file.Replace("/2024/02/0", "/2024/02/1", StringComparison.Ordinal));
        }

        await PutLogsAsync("o-b2/AWSLogs/o-b2/", LogFile("444444444444", 1), LogFile("444444444444", 2));
        await PutLogsAsync("o-b3/else/o-b3/", LogFile("555555555555", 1));

        var result = await RunAsync(new RunOptions { Threads = 2 });

        Assert.Equal(
            [
                LogFile(Two, 1), LogFile(One, 1), LogFile("444444444444", 1), LogFile("444444444444", 2),
                LogFile("333333333333", 3, "eu-west-1"),
                .. files.Select(each => each.File.Replace("/2024/02/0", "/2024/02/1", StringComparison.Ordinal)),
            ],
            Ids(result.Rows));
        Assert.Equal(SourceLayout.Trail, result.Report.Layout);
        Assert.Equal((4L, 2L), (result.Report.Accounts!.Count, result.Report.Regions!.Count));
        Assert.Equal([One, Two, "333333333333", "444444444444"], result.Report.Accounts.First);
        Assert.Equal(["eu-west-1", "us-east-1"], result.Report.Regions.First);
    }

    [Fact]
    public async Task All_CloudTrail_folders_except_the_digests_are_read_and_no_other_service_is_listed()
    {
        string[] folders = ["CloudTrail", "CloudTrail-Aggregated", "CloudTrail-Insight", "CloudTrail-NetworkActivity"];
        string[] others = ["CloudTrail-Digest", "Config", "elasticloadbalancing", "vpcflowlogs", "cloudtrail", "SNS"];
        await PutLogsAsync("AWSLogs/", [.. folders.Concat(others).Select(folder => LogFile(One, 3, folder: folder))]);
        await PutTextAsync("AWSLogs/111111111111/CloudTrail-Lake/query/2024/02/03/result.json.gz", "x");
        await PutTextAsync("AWSLogs/elb/2024/02/03/a.json", "x");
        await PutTextAsync("AWSLogs/9999/CloudTrail/us-east-1/2024/02/03/a.json", "x");
        var listed = new ConcurrentBag<string>();
        var source = new InterruptedStore(Source)
        {
            ListingFolders = listed.Add,
            Listing = (prefix, _) =>
            {
                listed.Add(prefix);
                return Task.CompletedTask;
            },
        };

        var result = await RunAsync(source: source);

        Assert.Equal(
            folders.Select(folder => LogFile(One, 3, folder: folder)).Order(StringComparer.Ordinal), Ids(result.Rows));
        Assert.DoesNotContain(listed, prefix => ((string[])[.. others, "query", "elb", "9999"])
            .Any(other => prefix.Contains($"/{other}/", StringComparison.Ordinal)));
        Assert.Equal((0L, 0L), (result.Report.IgnoredKeys.Count, result.Report.Rejects));
    }

    [Fact]
    public async Task Keys_that_are_no_log_files_are_counted_and_empty_ones_are_skipped()
    {
        string folder = $"AWSLogs/{One}/CloudTrail/us-east-1/2024/02/";
        await PutLogsAsync("AWSLogs/", LogFile(One, 3));
        string[] ignored = ["03/a.csv", "03/a.gz", "03/a.ndjson.gz", "03/b/a.txt", "04/notes"];
        foreach (string name in ignored)
        {
            await PutTextAsync(folder + name, "x");
        }

        await PutTextAsync(folder + "99/a.json", "x");
        await PutTextAsync(folder + "a.json", "x");
        await PutBytesAsync(folder + "05/empty.json.gz", []);
        await PutAsync(folder + "06/below/it.json", Event("below"));

        var report = (await RunAsync()).Report;

        Assert.Equal((2, 2L, 1L), (report.SourceFiles, report.Events, report.EmptyObjects));
        Assert.Equal(ignored.Length, report.IgnoredKeys.Count);
        Assert.Equal(ignored.Select(name => folder + name), report.IgnoredKeys.First);
        Assert.Equal([4, 5], report.MissingDays.Take(2).Select(day => day.Day));
    }

    [Theory]
    [InlineData("Config/us-east-1/", "Config")]
    [InlineData("CloudTrail-Digest/", "CloudTrail-Digest")]
    [InlineData("CloudTrail/us-east-1/2024/02/", "02")]
    [InlineData("CloudTrail/2024/", "2024")]
    public async Task A_place_beside_the_path_is_refused(string place, string name)
    {
        await PutLogsAsync("AWSLogs/", Files);
        string prefix = $"AWSLogs/{One}/{place}";

        var failure = await FailsAsync(source: Below(prefix));

        Assert.StartsWith(
            $"{Below(prefix).Root}: '{name}' is not on the path of a trail", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("111111111111/")]
    [InlineData("111111111111/CloudTrail/")]
    [InlineData("111111111111/CloudTrail/us-east-1/")]
    public async Task A_copy_of_a_part_of_a_trail_is_read_where_the_layout_is_set(string place)
    {
        await PutLogsAsync("copy/", Files);

        var result = await RunAsync(Trail(), source: Below("copy/" + place));
        var narrowed = await RunAsync(Trail(One, "us-east-1") with { Replace = true }, source: Below("copy/" + place));

        Assert.Equal(Files, Ids(result.Rows));
        Assert.Equal(Files, Ids(narrowed.Rows));
        Assert.Equal([One], result.Report.Accounts!.First);
        Assert.Equal(["us-east-1"], result.Report.Regions!.First);
    }

    [Theory]
    [InlineData(SourceLayout.Trail, "AWSLogs/111111111111/CloudTrail/us-east-1/2024/02/01/a.json")]
    [InlineData(
        SourceLayout.Trail, "o-abc/AWSLogs/o-abc/111111111111/CloudTrail/us-east-1/2024/02/01/a.json", "o-x/y/a",
        "20245/a")]
    [InlineData(SourceLayout.Daily, "2024/02/01/a.json", "o-abc/2024/02/01/a.json")]
    [InlineData(
        SourceLayout.Daily, "2024/02/01/a.json", "logs/AWSLogs/111111111111/CloudTrail/us-east-1/2024/02/01/a.json")]
    public async Task The_folders_at_the_root_tell_the_layout(SourceLayout layout, params string[] keys)
    {
        foreach (string key in keys)
        {
            await PutAsync(key, Event(key));
        }

        var result = await RunAsync();

        Assert.Equal(keys[..1], Ids(result.Rows));
        Assert.Equal(layout, result.Report.Layout);
    }

    [Theory]
    [InlineData("AWSLogs/")]
    [InlineData("o-abc/AWSLogs/")]
    public async Task Both_layouts_at_one_root_are_refused_until_one_is_set(string trail)
    {
        await PutLogsAsync(trail, LogFile(One, 1));
        await PutAsync("2024/02/01/a.json", Event("daily"));

        var failure = await FailsAsync();
        var read = await RunAsync(Trail());
        var daily = await RunAsync(
            new RunOptions { Selection = new SourceSelection { Layout = SourceLayout.Daily }, Replace = true });

        Assert.StartsWith(
            $"{Source.Root}: it has both a trail ({trail}) and years (2024/)", failure.Message,
            StringComparison.Ordinal);
        Assert.Contains("Set SRC_LAYOUT (--layout) to trail or daily.", failure.Message, StringComparison.Ordinal);
        Assert.Equal([LogFile(One, 1)], Ids(read.Rows));
        Assert.Equal(["daily"], Ids(daily.Rows));
        Assert.Null(daily.Report.Accounts);
    }

    [Theory]
    [InlineData(" has no folder AWSLogs/, also not in a folder o-*/; there it has the folder else/. ", "else/a")]
    [InlineData(" has no account's folder (12 digits); there it has the folder o-abc/. ", "AWSLogs/o-abc/a")]
    [InlineData(
        " has no folder CloudTrail*/ of an account; there it has the folders CloudTrail-Digest/, Config/. ",
        "AWSLogs/111111111111/Config/a", "AWSLogs/222222222222/CloudTrail-Digest/a")]
    [InlineData(" has no region's folder; there it has no folders. ", "AWSLogs/111111111111/CloudTrail/a")]
    public async Task A_trail_that_ends_early_says_where(string found, params string[] keys)
    {
        foreach (string key in keys)
        {
            await PutTextAsync(key, "x");
        }

        var report = (await RunAsync(Trail())).Report;

        Assert.Equal(RunStatus.Empty, report.Status);
        Assert.Equal(
            $"{Source.UriOf("")} (2024-02): there is nothing to read (DD/*.json.gz or *.json). "
            + $"{Source.Root}{found}Correct the source (SRC_BUCKET and SRC_PREFIX, --source).",
            report.Reason);
    }

    [Fact]
    public async Task An_empty_month_of_a_trail_says_which_months_exist()
    {
        await PutLogsAsync(
            "AWSLogs/", LogFile(One, 1).Replace("/2024/02/", "/2024/03/", StringComparison.Ordinal),
            LogFile(Two, 1).Replace("/2024/02/", "/2023/11/", StringComparison.Ordinal));

        string reason = (await RunAsync()).Report.Reason!;

        Assert.EndsWith(
            " None of its 2 regions' folders has an object then. "
            + $"{Source.UriOf($"AWSLogs/{One}/CloudTrail/us-east-1/")} has the year 2024, and of 2024 the month 03. "
            + "If the month should be there, see whether the trail was on, or correct the source "
            + "(SRC_BUCKET and SRC_PREFIX, --source).",
            reason, StringComparison.Ordinal);
    }

    private async Task AssertEveryPlaceAsync(string root, string accounts)
    {
        await PutLogsAsync(accounts, Files);
        string account = $"{accounts}{One}/", folder = account + "CloudTrail/", region = folder + "us-east-1/";
        string[] above = accounts.Contains("AWSLogs/o-", StringComparison.Ordinal)
            ? [accounts[..accounts.LastIndexOf("o-", StringComparison.Ordinal)]]
            : [];

        foreach (string place in (string[])[root, .. above, accounts, account, folder, region, region + "2024/"])
        {
            var result = await RunAsync(new RunOptions { Replace = true }, source: Below(place));

            Assert.Equal(Files, Ids(result.Rows));
            Assert.Equal((SourceLayout.Trail, 4), (result.Report.Layout, result.Report.SourceFiles));
            Assert.Equal([One], result.Report.Accounts!.First);
            Assert.Equal(["us-east-1"], result.Report.Regions!.First);
        }

        var year = await RunAsync(source: Below(region + "2024/"), month: new Month(2023, 2));
        Assert.Contains("The source is the year 2024. ", year.Report.Reason, StringComparison.Ordinal);
    }
}
