using Amazon.S3.Model;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>The same on S3: an S3-compatible server, by --endpoint-url and --path-style.</summary>
public class BucketTests(S3Server server)
{
    private static readonly (string, string)[] Credentials = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

    [Fact]
    public async Task A_month_goes_from_bucket_to_bucket()
    {
        string bucket = await server.NewBucketAsync();
        using var client = await server.ClientAsync();
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "daily/2024/02/01/000000.ndjson", ContentBody = Months.Event(1) + "\n" + Months.Event(2) + "\n" },
            TestContext.Current.CancellationToken);

        var run = await CommandLineRun.OfAsync(Credentials, Aggregate($"s3://{bucket}/daily", $"s3://{bucket}/monthly"));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.ErrorLines);
        Assert.Contains($"Read 1 file, ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"s3://{bucket}/monthly/2024/02/000000.parquet  (2 rows, ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"CREATE SECRET (TYPE s3, PROVIDER credential_chain, ENDPOINT '{new Uri(server.EndpointUrl).Authority}', USE_SSL false, URL_STYLE 'path');", run.Output, StringComparison.Ordinal);
        var written = await client.GetObjectMetadataAsync(bucket, "monthly/2024/02/000000.parquet", TestContext.Current.CancellationToken);
        Assert.True(written.ContentLength > 0);
    }

    [Fact]
    public async Task A_bucket_that_is_missing_fails_with_one_line()
    {
        await server.ClientAsync();

        var run = await CommandLineRun.OfAsync(Credentials, Aggregate("s3://no-such-bucket/daily", "s3://no-such-bucket/monthly"));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal("error: s3://no-such-bucket/daily/2024/02/: there is no such bucket. Correct its name, or create it.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task A_region_that_is_missing_fails_with_one_line()
    {
        (string, string)[] nothingSet = [("HOME", "/nonexistent"), ("AWS_CONFIG_FILE", "/nonexistent"), ("AWS_EC2_METADATA_DISABLED", "true")];

        var run = await CommandLineRun.OfAsync(nothingSet, ["aggregate", "--source", "s3://bucket/daily", "--destination", "s3://bucket/monthly", "--month", "2024-02"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("Set AWS_REGION", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    private string[] Aggregate(string source, string destination) =>
        ["aggregate", "--source", source, "--destination", destination, "--month", "2024-02", "--endpoint-url", server.EndpointUrl, "--path-style"];
}
