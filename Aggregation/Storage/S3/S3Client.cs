using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>Where S3 is: AWS, or a server that speaks its protocol.</summary>
/// <param name="Region">An AWS region, for example eu-central-1; null for that of the environment or the
/// profile.</param>
/// <param name="EndpointUrl">The address of an S3-compatible server; null for AWS.</param>
/// <param name="PathStyle">Whether the bucket is in the path instead of the host name; most such servers need
/// it.</param>
public readonly record struct S3Endpoint(string? Region = null, string? EndpointUrl = null, bool PathStyle = false);

/// <summary>Finds the credentials to use for S3.</summary>
/// <returns>The credentials; null for those that the SDK finds.</returns>
public delegate AWSCredentials? S3Identity();

/// <summary>Makes the SDK's client with the retries and timeouts that this tool needs.</summary>
public static class S3Client
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Makes a client that tries a request five times in total (after throttling, 5xx or a lost connection) and waits
    /// up to 20 s between two tries. S3Store sends reads and listings again itself when S3 is too busy. Connecting
    /// times out after 5 s, waiting for the headers of an answer after 100 s. A pooled connection that turns out to be
    /// closed is replaced immediately, twice for each try.
    /// </summary>
    /// <param name="endpoint">Where S3 is.</param>
    /// <param name="credentials">The credentials; null for those that the SDK finds.</param>
    /// <exception cref="AggregationException">No region is known, or the address is not a URL.</exception>
    public static IAmazonS3 Create(S3Endpoint endpoint, AWSCredentials? credentials = null)
    {
        try
        {
            var config = ConfigOf(endpoint);
            config.DefaultAWSCredentials = credentials;
            return new S3RetryCountingClient(config, MaxRetryDelay);
        }
        catch (AmazonClientException e)
        {
            throw new AggregationException(
                $"S3 cannot be used: {e.Message}. "
                + "Set AWS_REGION, a region in the profile, or --source-region and --destination-region.",
                e);
        }
    }

    internal static AmazonS3Config ConfigOf(S3Endpoint endpoint)
    {
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 4,
            MaxStaleConnectionRetries = 2,
            // Otherwise the SDK stops to try again after 100 failures of all requests together, and hundreds are in
            // flight when a connection to S3 breaks.
            ThrottleRetries = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromSeconds(100),
            ForcePathStyle = endpoint.PathStyle,
            UseArnRegion = true,
            // S3ObjectStream requests the checksum where it is worth its cost.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        config.EndpointProvider = new CachedEndpoints(config.EndpointProvider);
        if (endpoint.EndpointUrl is { } url)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                throw new AggregationException(
                    $"'{url}' is not an endpoint URL. Write http://host:port or https://host.");
            }

            config.ServiceURL = url;
            config.AuthenticationRegion = endpoint.Region ?? "us-east-1";
            // radosgw refuses the checksums that the SDK adds by default.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
        }
        else if (endpoint.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return config;
    }
}
