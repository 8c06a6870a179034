using CloudTrailAggregation.Tests.Runtime;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// The container image of Image/Dockerfile, which tests/image.sh builds on a stand-in of AWS's base image and names in
/// CLOUDTRAIL_IMAGE: the command of the image, started with the managed runtime's own, answers Lambda's Runtime API.
/// </summary>
public sealed class ContainerImageTests(S3Server server)
{
    private const string Schedule =
        """
        {"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event",
        "source":"aws.events","account":"123456789012","time":"2024-03-01T04:00:00Z","region":"eu-central-1",
        "resources":["arn:aws:events:eu-central-1:123456789012:rule/monthly"],"detail":{}}
        """;

    [Fact(Explicit = true)]
    public async Task The_image_answers_a_scheduled_event_with_the_file_of_the_function_of_zips()
    {
        string? image = Environment.GetEnvironmentVariable("CLOUDTRAIL_IMAGE");
        Assert.True(image is not null, "tests/image.sh builds the image, names it and runs this test.");
        using var buckets = await SourceBucket.NewAsync(server);
        await buckets.PutSampleMonthAsync();
        string container = $"cloudtrail-{Guid.NewGuid():n}";
        byte[] ofImage;
        try
        {
            await using var lambda = LambdaProcess.OfImage(image!, container, buckets.Settings);
            var report = await lambda.ReportAsync(Schedule);
            Assert.Equal(600, report.GetProperty("months")[0].GetProperty("events").GetInt64());
            ofImage = await buckets.ParquetAsync("2024/02");
            Assert.Contains(lambda.Lines, line => line.Contains("2024-02 is done", StringComparison.Ordinal));
        }
        finally
        {
            await Command.RunAsync("docker", ["rm", "--force", container]);
        }

        await using var build = LambdaProcess.OfBuild(buckets.Settings);
        await build.ReportAsync("""{"month":"2024-02","replace":true}""");

        Assert.Equal(await buckets.ParquetAsync("2024/02"), ofImage);
        Assert.Equal("PAR1"u8, ofImage.AsSpan(ofImage.Length - 4));
    }
}
