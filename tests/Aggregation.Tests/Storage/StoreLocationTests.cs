using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

public class StoreLocationTests
{
    private static readonly S3Endpoint AnyEndpoint = new(EndpointUrl: "http://127.0.0.1:1", PathStyle: true);

    [Theory]
    [InlineData("s3://bucket", "s3://bucket/key")]
    [InlineData("s3://bucket/", "s3://bucket/key")]
    [InlineData("S3://bucket/a/b", "s3://bucket/a/b/key")]
    [InlineData("s3://bucket/a/b/", "s3://bucket/a/b/key")]
    [InlineData("s3://my.old_Bucket/100%/a+b?c#d", "s3://my.old_Bucket/100%/a+b?c#d/key")]
    [InlineData("out", "out/key")]
    [InlineData("out/", "out/key")]
    [InlineData("/var/s3:/x", "/var/s3:/x/key")]
    [InlineData("a/b://c", "a/b://c/key")]
    [InlineData(".", "./key")]
    public void A_location_is_a_directory_or_an_S3_URI(string location, string uriOfKey)
    {
        var store = StoreLocation.Open(location, AnyEndpoint);

        Assert.Equal(uriOfKey, store.UriOf("key"));
        Assert.Equal(location.StartsWith("s3:", StringComparison.OrdinalIgnoreCase), store is S3Store);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("s3://")]
    [InlineData("s3:///prefix")]
    [InlineData("s3://ab/prefix")]
    [InlineData("s3://-bucket")]
    [InlineData("s3://bucket-/x")]
    [InlineData("s3://my bucket/x")]
    [InlineData("s3://bücket/x")]
    [InlineData("s3://bucket\n/x")]
    [InlineData("gs://bucket/x")]
    [InlineData("file:///tmp/x")]
    public void Anything_else_is_refused_with_what_to_write(string location)
    {
        var error = Assert.Throws<AggregationException>(() => StoreLocation.Open(location, AnyEndpoint));

        Assert.Contains("s3://bucket/prefix", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:9000")]
    [InlineData("ftp://host")]
    [InlineData("")]
    public void An_endpoint_that_is_no_URL_is_refused(string endpointUrl)
    {
        var error = Assert.Throws<AggregationException>(
            () => StoreLocation.Open("s3://bucket", new S3Endpoint(EndpointUrl: endpointUrl)));

        Assert.Contains($"'{endpointUrl}' is not an endpoint URL", error.Message, StringComparison.Ordinal);
    }
}
