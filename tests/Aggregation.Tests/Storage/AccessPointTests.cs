using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>The ARN of an access point instead of a bucket.</summary>
[Trait("Category", TestRun.CommandLine)]
public class AccessPointTests
{
    private const string Arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/audit-logs";

    [Theory]
    [InlineData($"s3://{Arn}", "")]
    [InlineData($"s3://{Arn}/", "")]
    [InlineData($"s3://{Arn}/daily", "daily/")]
    [InlineData($"s3://{Arn}/a/b/", "a/b/")]
    public void It_is_followed_by_a_prefix_as_a_bucket_is(string location, string prefix) =>
        Assert.Equal(
            $"s3://{Arn}/{prefix}key", StoreLocation.Open(location, new S3Endpoint("eu-central-1")).UriOf("key"));

    [Theory]
    [InlineData(
        "s3://arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
        "the ARN is not one of an S3 access point in one region")]
    [InlineData("s3://arn:aws:s3:::bucket/x", "the ARN is not one of an S3 access point in one region")]
    [InlineData(
        "s3://arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/a",
        "the ARN is not one of an S3 access point in one region")]
    [InlineData(
        "s3://arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/a",
        "the ARN is not one of an S3 access point in one region")]
    public void Another_ARN_is_refused_with_what_to_write(string location, string says)
    {
        var error = Assert.Throws<AggregationException>(
            () => StoreLocation.Open(location, new S3Endpoint("eu-central-1")));

        Assert.StartsWith($"{location}: {says}", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix or s3://bucket/prefix", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void It_cannot_be_in_a_path() => Assert.Contains(
        "Omit --path-style",
        Assert.Throws<AggregationException>(() => StoreLocation.Open(
            $"s3://{Arn}/x", new S3Endpoint("eu-central-1", "http://127.0.0.1:1", PathStyle: true))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Requests_go_to_the_access_point_in_its_own_region()
    {
        using var client = S3Client.Create(new S3Endpoint("eu-central-1"), new BasicAWSCredentials("AKIA", "s"));

        string url = await client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = Arn,
            Key = "k",
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1),
            Verb = HttpVerb.GET,
        });

        Assert.StartsWith(
            "https://audit-logs-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/k?", url, StringComparison.Ordinal);
        Assert.Contains("eu-west-1%2Fs3%2Faws4_request", url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_that_is_denied_names_the_whole_ARN()
    {
        await using var proxy = new FakeS3 { Intercept = _ => FakeAnswer.Error(403, "AccessDenied") };

        var run = await CommandLineRun.OfAsync(
            [.. TestCredentials.Variables, ("HTTP_PROXY", proxy.EndpointUrl), ("AWS_REGION", "eu-west-1")],
            ["show", $"s3://{Arn}/monthly", "--endpoint-url", "http://s3.example"]);

        Assert.StartsWith(
            "http://audit-logs-111122223333.s3.example/?", Assert.Single(proxy.Requests).Target,
            StringComparison.Ordinal);
        Assert.StartsWith(
            $"error: s3://{Arn}/monthly/: access denied. The role or user needs s3:ListBucket on the bucket {Arn}. ",
            Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
