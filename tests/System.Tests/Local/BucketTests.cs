using Amazon.S3.Model;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>The command line on an S3-compatible server, with --endpoint-url and --path-style.</summary>
[Trait("Category", TestRun.CommandLine)]
public class BucketTests(S3Server server)
{
    [Fact]
    public async Task A_month_goes_from_bucket_to_bucket()
    {
        string bucket = await BucketAsync();

        var run = await CommandLineRun.OfAsync(
            TestCredentials.Variables, Aggregate($"s3://{bucket}/daily", $"s3://{bucket}/monthly"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.Contains($"Read 1 file, ", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"s3://{bucket}/monthly/2024/02/000000.parquet  (2 rows, ", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"CREATE SECRET (TYPE s3, PROVIDER credential_chain, ENDPOINT '{new Uri(server.EndpointUrl).Authority}', "
            + "USE_SSL false, URL_STYLE 'path');",
            run.Output, StringComparison.Ordinal);
        using var client = await server.ClientAsync();
        var written = await client.GetObjectMetadataAsync(
            bucket, "monthly/2024/02/000000.parquet", TestContext.Current.CancellationToken);
        Assert.True(written.ContentLength > 0);
    }

    [Fact]
    public async Task A_bucket_that_is_missing_fails_with_one_line()
    {
        await server.ClientAsync();

        var run = await CommandLineRun.OfAsync(
            TestCredentials.Variables, Aggregate("s3://no-such-bucket/daily", "s3://no-such-bucket/monthly"));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "error: s3://no-such-bucket/daily/: there is no such bucket. Correct its name, or create it.",
            Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_region_that_is_missing_fails_with_one_line()
    {
        (string, string)[] nothingSet =
            [("HOME", "/nonexistent"), ("AWS_CONFIG_FILE", "/nonexistent"), ("AWS_EC2_METADATA_DISABLED", "true")];

        string[] arguments =
            [
                "aggregate", "--source", "s3://bucket/daily", "--destination", "s3://bucket/monthly", "--month",
                "2024-02",
            ];
        var run = await CommandLineRun.OfAsync(nothingSet, arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("Set AWS_REGION", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_are_missing_fail_with_one_short_line()
    {
        (string, string)[] nothingSet =
        [
            ("HOME", "/nonexistent"), ("AWS_CONFIG_FILE", "/nonexistent"), ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REGION", "us-east-1"),
        ];

        var run = await CommandLineRun.OfAsync(nothingSet, ["show", "s3://bucket/monthly"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "error: s3://bucket/monthly/: no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            + "AWS_SECRET_ACCESS_KEY.",
            Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_month_in_a_bucket_is_shown_and_checked()
    {
        string bucket = await BucketAsync();
        await CommandLineRun.OfAsync(
            TestCredentials.Variables, Aggregate($"s3://{bucket}/daily", $"s3://{bucket}/monthly"));

        var check = await CommandLineRun.OfAsync(
            TestCredentials.Variables, ["check", .. Aggregate($"s3://{bucket}/daily", $"s3://{bucket}/monthly")[1..]]);
        var ofFile = await ShowAsync($"s3://{bucket}/monthly/2024/02/000000.parquet");
        var ofPrefix = await ShowAsync($"s3://{bucket}/monthly");
        var missing = await ShowAsync($"s3://{bucket}/monthly/2024/03/000000.parquet");

        Assert.Equal(0, check.ExitCode);
        Assert.Equal(
            "2024-02: 2 records = 2 events + 0 duplicates + 0 rejects; "
            + $"every event is in s3://{bucket}/monthly/2024/02/000000.parquet\n",
            check.Output);
        Assert.Equal((0, 0), (ofFile.ExitCode, ofPrefix.ExitCode));
        Assert.Equal(ofFile.Output, ofPrefix.Output);
        Assert.Contains(
            $"s3://{bucket}/monthly/2024/02/000000.parquet     2 ", ofFile.Output, StringComparison.Ordinal);
        Assert.Equal(
            (1, $"error: s3://{bucket}/monthly/2024/03/000000.parquet: there is no such file. Correct its name."),
            (missing.ExitCode, Assert.Single(missing.ErrorLines)));
    }

    [Fact]
    public async Task A_mistyped_prefix_of_a_bucket_is_answered_with_the_folders_beside_it()
    {
        using var months = new Months();
        string bucket = await server.NewBucketAsync();
        using var client = await server.ClientAsync();
        await client.PutObjectAsync(
            new() { BucketName = bucket, Key = "logs/daily/2024/02/01/a.ndjson", ContentBody = Months.Event(1) },
            TestContext.Current.CancellationToken);
        await client.PutObjectAsync(
            new() { BucketName = bucket, Key = "logs/AWSLogs/111122223333/a", ContentBody = "x" },
            TestContext.Current.CancellationToken);

        var run = await CommandLineRun.OfAsync(
            TestCredentials.Variables,
            [
                "aggregate", "--endpoint-url", server.EndpointUrl, "--path-style", "--source",
                $"s3://{bucket}/logs/dialy", "--destination", months.Destination, "--month", "2024-02",
            ]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"error: s3://{bucket}/logs/dialy/2024/02/: there is nothing to read "
            + $"(DD/*.ndjson or *.json, also with .gz). s3://{bucket}/logs/dialy/ has no folders at all. "
            + $"s3://{bucket}/logs/ has the folders AWSLogs/, daily/. "
            + "Correct the source (SRC_BUCKET and SRC_PREFIX, --source). With --allow-empty a month may be empty.",
            Assert.Single(run.ErrorLines));
    }

    /// <summary>A bucket with a month of two events.</summary>
    private async Task<string> BucketAsync()
    {
        string bucket = await server.NewBucketAsync();
        using var client = await server.ClientAsync();
        await client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket,
                Key = "daily/2024/02/01/000000.ndjson",
                ContentBody = Months.Event(1) + "\n" + Months.Event(2) + "\n",
            },
            TestContext.Current.CancellationToken);
        return bucket;
    }

    private Task<CommandLineRun> ShowAsync(string place) =>
        CommandLineRun.OfAsync(
            TestCredentials.Variables, ["show", place, "--top", "--endpoint-url", server.EndpointUrl, "--path-style"]);

    private string[] Aggregate(string source, string destination) =>
        [
            "aggregate", "--source", source, "--destination", destination, "--month", "2024-02", "--endpoint-url",
            server.EndpointUrl, "--path-style",
        ];
}
