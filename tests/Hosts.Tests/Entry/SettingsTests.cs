using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Local;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CloudTrailAggregation.Tests.Entry;

public class SettingsTests
{
    [Fact]
    public void Two_buckets_are_enough_and_the_rest_has_defaults()
    {
        var settings = Read();

        Assert.Equal(
            ("source", "", "destination", ""),
            (settings.SourceBucket, settings.SourcePrefix, settings.DestinationBucket, settings.DestinationPrefix));
        Assert.Equal((LogLevel.Information, 1), (settings.LogLevel, settings.ScheduleLagDays));
        Assert.Equal(new RunOptions(), settings.Options);
        Assert.Equal((null, null, null), (settings.SourceRegion, settings.DestinationRegion, settings.Encryption));
        var options = settings.Options;
        Assert.Equal(
            (0L, Codec.Zstd, true, 1.0),
            (options.RowsPerFile, options.Codec, options.Deduplicate, options.MaxRejectedPercent));
    }

    [Fact]
    public void Each_variable_is_read()
    {
        var settings = Read(
            ("SRC_BUCKET", "a"), ("SRC_PREFIX", "daily/"), ("SRC_LAYOUT", "Trail"),
            ("ACCOUNTS", "222222222222, 111111111111"), ("REGIONS", "us-gov-west-1"),
            ("DST_BUCKET", "b"), ("DST_PREFIX", "deep/monthly"),
            ("ROWS_PER_FILE", "1000000"), ("LOG_LEVEL", "WARN"), ("SRC_REGION", "eu-central-1"),
            ("DST_REGION", "us-gov-west-1"), ("DST_SSE", "AES256"), ("COMPRESSION", "Snappy"), ("DEDUPLICATE", "False"),
            ("MAX_REJECTED_PERCENT", "0.5"), ("DAMAGED_OBJECTS", "Skip"), ("SCHEDULE_LAG_DAYS", "31"));

        Assert.Equal(
            new Settings
            {
                SourceBucket = "a",
                SourcePrefix = "daily/",
                SourceRegion = "eu-central-1",
                DestinationBucket = "b",
                DestinationPrefix = "deep/monthly/",
                DestinationRegion = "us-gov-west-1",
                Encryption = Encryption("AES256"),
                LogLevel = LogLevel.Warning,
                ScheduleLagDays = 31,
                Options = new RunOptions
                {
                    Selection = new SourceSelection
                    {
                        Layout = SourceLayout.Trail,
                        Accounts = ["111111111111", "222222222222"],
                        Regions = ["us-gov-west-1"],
                    },
                    RowsPerFile = 1_000_000,
                    Codec = Codec.Snappy,
                    Deduplicate = false,
                    MaxRejectedPercent = 0.5,
                    DamagedObjects = DamagedObjects.Skip,
                },
            },
            settings);
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("Information", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("WARNING", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("critical", LogLevel.Critical)]
    [InlineData("FATAL", LogLevel.Critical)]
    public void A_log_level_has_the_names_of_DotNet_Lambda_and_Python(string name, LogLevel level) =>
        Assert.Equal(level, Read(("LOG_LEVEL", name)).LogLevel);

    [Theory]
    [InlineData("zstd", Codec.Zstd)]
    [InlineData("snappy", Codec.Snappy)]
    [InlineData("gzip", Codec.Gzip)]
    [InlineData("none", Codec.None)]
    public void A_compression_is_one_of_four(string name, Codec codec) =>
        Assert.Equal(codec, Read(("COMPRESSION", name)).Options.Codec);

    [Theory, InlineData("0", 0), InlineData("31", 31)]
    public void The_lag_is_read_up_to_the_ends_of_its_range(string value, int days) =>
        Assert.Equal(days, Read(("SCHEDULE_LAG_DAYS", value)).ScheduleLagDays);

    [Theory, InlineData("0", 0.0), InlineData("100", 100.0)]
    public void The_rejected_percent_is_read_up_to_the_ends_of_its_range(string value, double percent) =>
        Assert.Equal(percent, Read(("MAX_REJECTED_PERCENT", value)).Options.MaxRejectedPercent);

    [Theory, InlineData("0", 0L), InlineData("9223372036854775807", long.MaxValue)]
    public void The_rows_of_a_file_are_read_up_to_the_ends_of_their_range(string value, long rows) =>
        Assert.Equal(rows, Read(("ROWS_PER_FILE", value)).Options.RowsPerFile);

    [Theory, InlineData(""), InlineData(" "), InlineData("\t\n")]
    public void A_variable_that_holds_nothing_is_one_that_is_not_set(string nothing) =>
        Assert.All(
            Settings.Names.Except(["SRC_BUCKET", "DST_BUCKET"]), name => Assert.Equal(Read(), Read((name, nothing))));

    [Fact]
    public void White_space_around_a_value_is_not_part_of_it() =>
        Assert.Equal(
            Read(
                ("SRC_PREFIX", "daily/"), ("LOG_LEVEL", "debug"), ("ROWS_PER_FILE", "7"), ("MAX_REJECTED_PERCENT", "2"),
                ("SRC_BUCKET", "a")),
            Read(
                ("SRC_PREFIX", " daily/ "), ("LOG_LEVEL", "debug\n"), ("ROWS_PER_FILE", " 7"),
                ("MAX_REJECTED_PERCENT", "\t2"), ("SRC_BUCKET", "a ")));

    [Theory]
    [InlineData("SRC_BUCKET", "", "SRC_BUCKET is not set")]
    [InlineData("DST_BUCKET", " ", "DST_BUCKET is not set")]
    [InlineData("SRC_PREFIX", "/daily/", "SRC_PREFIX is '/daily/': a prefix does not start with '/'")]
    [InlineData("DST_PREFIX", "/", "DST_PREFIX is '/': a prefix does not start with '/'")]
    [InlineData("SRC_LAYOUT", "raw", "SRC_LAYOUT is 'raw', not one of auto, daily, trail")]
    [InlineData(
        "ACCOUNTS", "111111111111,1234",
        "ACCOUNTS is '111111111111,1234', not 12-digit account ids with commas between them")]
    [InlineData(
        "REGIONS", "Frankfurt", "REGIONS is 'Frankfurt', not regions such as eu-central-1 with commas between them")]
    [InlineData("SRC_REGION", "Frankfurt", "SRC_REGION is 'Frankfurt', not a region such as eu-central-1")]
    [InlineData("DST_REGION", "eu_central_1", "DST_REGION is 'eu_central_1', not a region")]
    [InlineData(
        "DST_SSE", "AES-256",
        "DST_SSE is 'AES-256', not one of AES256, aws:kms, aws:kms:KEY_ARN (a key's ARN, not an alias)")]
    [InlineData("DST_SSE", "aws:kms:alias/monthly", "DST_SSE is 'aws:kms:alias/monthly', not one of")]
    [InlineData("ROWS_PER_FILE", "-1", "ROWS_PER_FILE is '-1', not a whole number from 0 to 9223372036854775807")]
    [InlineData("ROWS_PER_FILE", "1e6", "ROWS_PER_FILE is '1e6', not a whole number")]
    [InlineData("LOG_LEVEL", "2", "LOG_LEVEL is '2', not one of trace, debug, info")]
    [InlineData("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud', not one of")]
    [InlineData("COMPRESSION", "lzma", "COMPRESSION is 'lzma', not one of zstd, snappy, gzip, none")]
    [InlineData("DEDUPLICATE", "1", "DEDUPLICATE is '1', not one of true, false")]
    [InlineData("MAX_REJECTED_PERCENT", "101", "MAX_REJECTED_PERCENT is '101', not a number from 0 to 100")]
    [InlineData("MAX_REJECTED_PERCENT", "-1", "MAX_REJECTED_PERCENT is '-1', not a number")]
    [InlineData("MAX_REJECTED_PERCENT", "NaN", "MAX_REJECTED_PERCENT is 'NaN', not a number")]
    [InlineData("DAMAGED_OBJECTS", "ignore", "DAMAGED_OBJECTS is 'ignore', not one of fail, skip")]
    [InlineData("SCHEDULE_LAG_DAYS", "32", "SCHEDULE_LAG_DAYS is '32', not a whole number from 0 to 31")]
    [InlineData("SCHEDULE_LAG_DAYS", "1.5", "SCHEDULE_LAG_DAYS is '1.5', not a whole number from 0 to 31")]
    public void What_is_wrong_is_named_with_what_is_wanted(string name, string value, string message)
    {
        var error = Assert.Throws<AggregationException>(() => Read((name, value)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(';', error.Message);
    }

    [Theory]
    [InlineData("ACCOUNTS", "111111111111")]
    [InlineData("REGIONS", "eu-central-1")]
    public void Daily_files_have_no_accounts_and_regions_to_choose(string name, string value)
    {
        var error = Assert.Throws<AggregationException>(() => Read(("SRC_LAYOUT", "daily"), (name, value)));

        Assert.Contains(
            "ACCOUNTS and REGIONS choose from a trail, and SRC_LAYOUT is 'daily'", error.Message,
            StringComparison.Ordinal);
        Assert.True(Read((name, value)).Options.Selection.IsNarrowed);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var error = Assert.Throws<AggregationException>(
            () => Settings.Read(name => name.EndsWith("BUCKET", StringComparison.Ordinal) ? null : "/wrong"));

        Assert.All(Settings.Names, name => Assert.Contains($"{name} is ", error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_page_lists_exactly_the_variables_that_are_read()
    {
        string page = File.ReadAllText(Repository.File("docs", "configuration.md"));
        string table = page.Split("\n## Settings\n")[1].Split("\n## ")[0];
        var rows = table.Split('\n').Where(row => row.StartsWith("| `", StringComparison.Ordinal))
            .Select(row => row.Split('|')[1]);
        var read = new List<string>();
        Assert.Throws<AggregationException>(() => Settings.Read(name =>
        {
            read.Add(name);
            return null;
        }));

        Assert.Equal(
            Settings.Names.Order(), rows.SelectMany(cell => cell.Split('`').Where((_, i) => i % 2 == 1)).Order());
        Assert.Equal(Settings.Names.Order(), read.Order());
    }

    private static S3UploadEncryption? Encryption(string text) =>
        S3UploadEncryption.TryParse(text, out var encryption) ? encryption : null;

    private static Settings Read(params IEnumerable<(string Name, string Value)> variables)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SRC_BUCKET"] = "source",
            ["DST_BUCKET"] = "destination",
        };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return Settings.Read(environment.GetValueOrDefault);
    }
}
