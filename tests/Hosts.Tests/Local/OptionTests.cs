using CloudTrailAggregation.Local;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class OptionTests : IDisposable
{
    private readonly Months _months = new();

    public void Dispose() => _months.Dispose();

    [Fact]
    public async Task The_number_of_threads_does_not_change_the_file()
    {
        for (int day = 1; day <= 5; day++)
        {
            _months.Write(
                $"2024/02/{day:00}/000000.ndjson.gz",
                Enumerable.Range(day * 10_000, 5_000).Select(number => Months.Event(number, day)));
        }

        var one = await _months.RunAsync("--threads", "1");
        byte[] bytes = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        var two = await _months.RunAsync("--threads", "2");

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.Contains("events               25,000 ", two.Output, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exact_copies_are_kept_when_asked_for()
    {
        _months.WithEveryKindOfLine();

        var run = await _months.RunAsync("--no-deduplicate", "--json");

        Assert.Contains(
            "\"lines\":7,\"events\":6,\"duplicates\":0,\"rejects\":1,", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zstd", "ZSTD")]
    [InlineData("snappy", "SNAPPY")]
    [InlineData("GZIP", "GZIP")]
    [InlineData("none", "UNCOMPRESSED")]
    public async Task The_file_is_compressed_as_asked_for(string argument, string codec)
    {
        _months.WithEveryKindOfLine();

        await _months.RunAsync("--compression", argument);

        Assert.Equal([[codec]], Sql.Rows(
            "SELECT DISTINCT compression FROM "
            + $"parquet_metadata('{_months.Parquet.Replace("'", "''", StringComparison.Ordinal)}')"));
    }

    [Fact]
    public async Task Damaged_files_are_left_out_when_asked_for_and_named()
    {
        _months.WithEveryKindOfLine();
        string damaged = _months.Write("2024/02/03/a.json", "[", Months.Event(7), ",");
        var strict = await _months.RunAsync();

        var run = await _months.RunAsync("--damaged-objects", "skip");
        var range = await _months.RunAsync("--damaged-objects", "SKIP", "--json");

        Assert.Equal((1, 0, 0), (strict.ExitCode, run.ExitCode, range.ExitCode));
        Assert.Contains(
            $"{damaged}, record 1: it ends within its container", string.Concat(strict.ErrorLines),
            StringComparison.Ordinal);
        Assert.Contains(
            $"Note: 1 damaged file skipped, nothing of which is in the month: {damaged}. "
            + "If you can copy or gather it again, run the month again.\n",
            run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"\"damagedObjects\":{{\"count\":1,\"first\":[\"{damaged}\"]}}", range.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_rejects_are_accepted_when_asked_for()
    {
        _months.Write("2024/02/01/000000.ndjson", [Months.Event(1), .. Enumerable.Repeat("no event", 101)]);
        var strict = await _months.RunAsync("--no-deduplicate");

        var lenient = await _months.RunAsync("--no-deduplicate", "--max-rejected-percent", "99.5");

        Assert.Equal((1, ""), (strict.ExitCode, strict.Output));
        Assert.Contains("(--max-rejected-percent)", Assert.Single(strict.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, lenient.ExitCode);
        Assert.Matches(@"rejects +101 ", lenient.Output);
    }

    [Fact]
    public async Task A_month_shrinks_only_with_replace()
    {
        _months.Write("2024/02/01/000000.ndjson", Months.Event(1), Months.Event(2));
        await _months.RunAsync();
        byte[] standing = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        _months.Write("2024/02/01/000000.ndjson", Months.Event(1));

        var refused = await _months.RunAsync();
        byte[] afterwards = await File.ReadAllBytesAsync(_months.Parquet, TestContext.Current.CancellationToken);
        var replaced = await _months.RunAsync("--replace");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("(--replace)", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(standing, afterwards);
        Assert.Equal(0, replaced.ExitCode);
        Assert.Empty(replaced.ErrorLines);
        Assert.Contains("(1 row, ", replaced.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_and_destination_may_be_the_same()
    {
        _months.WithEveryKindOfLine();
        string[] same =
            ["aggregate", "--source", _months.Source, "--destination", _months.Source, "--month", "2024-02", "--json"];
        await CommandLineRun.OfAsync(same);

        var again = await CommandLineRun.OfAsync(same);

        Assert.Equal(0, again.ExitCode);
        Assert.StartsWith(
            $"note: {_months.Source}: source and destination share this prefix. An Athena table over it cannot be "
            + "read, because Athena reads everything below a partition's folder",
            Assert.Single(again.ErrorLines),
            StringComparison.Ordinal);
        Assert.Contains(
            "\"ignoredKeys\":{\"count\":2,\"first\":[\"2024/02/000000.parquet\",\"2024/02/02/notes.txt\"]}",
            again.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "x/", true)]
    [InlineData("x", "./y/../x", true)]
    [InlineData("x", "x/y", false)]
    [InlineData("s3://bucket/x", "s3://bucket/x/", true)]
    [InlineData("s3://bucket/x", "s3://bucket/X", false)]
    [InlineData("s3://bucket/x", "s3://tekcub/x", false)]
    public void One_place_is_one_place_however_it_is_written(string source, string destination, bool isShared)
    {
        var endpoint = new S3Endpoint("eu-central-1");

        var (from, to) = (StoreLocation.Open(source, endpoint), StoreLocation.Open(destination, endpoint));
        string? daily = SharedPrefix.Note(from, to, SourceLayout.Daily);
        string? trail = SharedPrefix.Note(from, to, SourceLayout.Trail);

        Assert.Equal((isShared, isShared), (daily is not null, trail is not null));
        Assert.True(!isShared || trail!.Contains("say --layout trail", StringComparison.Ordinal), trail);
    }

    [Theory]
    [InlineData("s3://bucket", "s3://bucket/AWSLogs/monthly", true)]
    [InlineData("s3://bucket/AWSLogs/111111111111", "s3://bucket/monthly", false)]
    [InlineData("s3://bucket/logs", "s3://bucket/logs/monthly", false)]
    public void A_destination_in_a_trails_folder_is_told(string source, string destination, bool isTold)
    {
        var endpoint = new S3Endpoint("eu-central-1");

        string? note = SharedPrefix.Note(
            StoreLocation.Open(source, endpoint), StoreLocation.Open(destination, endpoint), SourceLayout.Trail);

        Assert.Equal(isTold, note is not null);
        Assert.True(
            !isTold || note!.Contains("the destination is in a trail's folder AWSLogs/", StringComparison.Ordinal),
            note);
    }

    [Fact]
    public async Task A_trail_is_read_with_the_accounts_and_regions_that_are_chosen()
    {
        const string Folder = "AWSLogs/o-abc/111111111111/CloudTrail/eu-west-1/2024/02/03/";
        _months.Write(Folder + "a.json.gz", Months.Event(1));
        _months.Write(
            Folder.Replace("eu-west-1", "us-east-1", StringComparison.Ordinal) + "a.json.gz", Months.Event(2));
        _months.Write(Folder.Replace("11111", "22222", StringComparison.Ordinal) + "a.json.gz", Months.Event(3));
        _months.Write(Folder + "empty.json");

        var run = await _months.RunAsync("--account", "111111111111", "--region", "eu-west-1,us-west-2");
        var all = await _months.RunAsync("--replace", "--json");

        Assert.Equal((0, 0), (run.ExitCode, all.ExitCode));
        Assert.Contains(
            $", from {_months.Source}\nof 1 account (111111111111) and 1 region (eu-west-1)\n",
            run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(
            "\nNote: 2 accounts or regions without a file of the last day read: 111111111111/eu-west-1, us-west-2. If",
            run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(
            "\nNote: 1 file of 0 bytes, skipped.\n", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(
            "\"layout\":\"trail\",\"accounts\":{\"count\":2,\"first\":[\"111111111111\",\"222222222211\"]},"
            + "\"regions\":{\"count\":2,",
            all.Output, StringComparison.Ordinal);
        Assert.Contains("\"openDays\":[],\"sourceFiles\":3,", all.Output, StringComparison.Ordinal);
        Assert.Contains("\"emptyObjects\":1,", all.Output, StringComparison.Ordinal);
        Assert.Contains("\"plannedAgain\":0,", all.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--account choose from a trail", "--layout", "daily", "--account", "111111111111")]
    [InlineData("--account takes 12-digit account ids with commas between them, not '1'.", "--account", "1")]
    [InlineData(
        "--region takes regions such as eu-central-1 with commas between them, not 'Frankfurt'.", "--region",
        "Frankfurt")]
    [InlineData("--layout takes one of auto, daily, trail, not 'raw'.", "--layout", "raw")]
    public async Task A_choice_that_cannot_be_made_is_wrong_usage(string message, params string[] arguments)
    {
        var run = await _months.RunAsync(arguments);
        var check = await CommandLineRun.OfAsync(["check", .. _months.Aggregate(arguments)[1..]]);

        Assert.Equal((2, 2), (run.ExitCode, check.ExitCode));
        Assert.Contains(
            message.Replace("--account choose", "--account and --region choose", StringComparison.Ordinal),
            run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal(run.ErrorLines[0], check.ErrorLines[0]);
    }

    [Fact]
    public async Task An_argument_that_starts_with_an_at_sign_is_a_name_like_any_other()
    {
        var run = await CommandLineRun.OfAsync(
            "aggregate", "--source", "@nowhere", "--destination", _months.Destination, "--month", "2024-02");

        Assert.Equal("error: @nowhere: there is no such directory. Correct --source.", Assert.Single(run.ErrorLines));
    }
}
