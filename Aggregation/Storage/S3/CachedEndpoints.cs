using System.Collections.Concurrent;
using Amazon.Runtime.Endpoints;
using Amazon.S3.Endpoints;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Keeps the endpoints that the SDK finds for a client, of which there are one or two. Otherwise the SDK evaluates its
/// rules twice for each request, a sixth of what a small object costs.
/// </summary>
internal sealed class CachedEndpoints(IEndpointProvider rules) : IEndpointProvider
{
    private readonly ConcurrentDictionary<Parameters, Endpoint> _found = new();

    /// <summary>The request's endpoint: a new one each time, because the SDK changes its URL.</summary>
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters is not S3EndpointParameters s3)
        {
            return rules.ResolveEndpoint(parameters);
        }

        var found = _found.GetOrAdd(Parameters.Of(s3), _ => rules.ResolveEndpoint(s3));
        return new Endpoint(found.URL) { Attributes = found.Attributes, Headers = found.Headers };
    }

    /// <summary>
    /// What the rules read and what differs between the requests of a client. Key and Prefix differ, too, but no rule
    /// reads them (AmazonS3EndpointProvider.cs of the SDK, which is generated from the rules).
    /// </summary>
    private readonly record struct Parameters(
        string? Bucket, string? Region, bool? UseS3ExpressControlEndpoint, bool? DisableS3ExpressSessionAuth)
    {
        public static Parameters Of(S3EndpointParameters s3) =>
            new(s3.Bucket, s3.Region, s3.UseS3ExpressControlEndpoint, s3.DisableS3ExpressSessionAuth);
    }
}
