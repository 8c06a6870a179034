using System.Collections;
using Amazon.Runtime.Endpoints;
using Amazon.S3.Endpoints;
using Amazon.S3.Internal;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>What the cache answers is what the SDK's rules find.</summary>
public class CachedEndpointsTests
{
    private readonly AmazonS3EndpointProvider _rules = new();
    private readonly CachedEndpoints _cache = new(new AmazonS3EndpointProvider());

    [Fact]
    public void Each_request_has_the_endpoint_that_the_rules_find_for_it()
    {
        string[] buckets =
        [
            "logs", "logs.of.2024", "Logs_2010", "logs--use1-az4--x-s3",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/logs",
            "logs-abcdefghijklmnopqrstuvwxyz012-s3alias",
        ];
        foreach (string bucket in buckets)
        {
            foreach (bool control in new[] { false, true })
            {
                foreach (string? key in new[] { null, "AWSLogs/a", "AWSLogs/b", "" })
                {
                    var request = RequestOf(bucket, key);
                    request.UseS3ExpressControlEndpoint = control;

                    Assert.Equal(Text(_rules.ResolveEndpoint(request)), Text(_cache.ResolveEndpoint(request)));
                }
            }
        }
    }

    [Fact]
    public void Each_region_and_a_custom_server_have_their_own_endpoint()
    {
        foreach (string? region in new[] { "eu-west-1", "us-east-1", "cn-north-1" })
        {
            var request = RequestOf("logs", "key");
            request.Region = region;

            Assert.Equal(Text(_rules.ResolveEndpoint(request)), Text(_cache.ResolveEndpoint(request)));
        }

        var local = RequestOf("logs", "key");
        (local.Endpoint, local.ForcePathStyle) = ("http://127.0.0.1:9000", true);
        var cache = new CachedEndpoints(_rules);

        Assert.Equal("http://127.0.0.1:9000/logs", cache.ResolveEndpoint(local).URL);
        Assert.Equal("http://127.0.0.1:9000/logs", cache.ResolveEndpoint(local).URL);
    }

    /// <summary>The SDK adds a slash to the endpoint of a listing, which the next object's URL must not have.</summary>
    [Fact]
    public void A_changed_URL_does_not_reach_the_next_request()
    {
        var request = RequestOf("logs", null);
        _cache.ResolveEndpoint(request).URL += "/";

        Assert.Equal("https://logs.s3.eu-west-1.amazonaws.com", _cache.ResolveEndpoint(request).URL);
    }

    private static S3EndpointParameters RequestOf(string bucket, string? key) => new()
    {
        Bucket = bucket,
        Region = "eu-west-1",
        Key = key,
        Prefix = key,
        UseFIPS = false,
        UseDualStack = false,
        ForcePathStyle = false,
        Accelerate = false,
        UseGlobalEndpoint = false,
        UseArnRegion = true,
        DisableMultiRegionAccessPoints = false,
    };

    private static string Text(Endpoint endpoint)
    {
        string[] members = ["name", "signingName", "signingRegion", "disableDoubleEncoding"];
        var schemes = ((IEnumerable)endpoint.Attributes["authSchemes"]).Cast<IPropertyBag>()
            .Select(scheme => string.Join(' ', members.Select(member => scheme[member])));
        return string.Join('\n', [endpoint.URL, $"{endpoint.Attributes["backend"]}", .. schemes]);
    }
}
