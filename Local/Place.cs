using Amazon.Runtime;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>A directory or <c>s3://bucket/prefix</c>, as the arguments and the environment name it.</summary>
internal static class Place
{
    // Source and destination share them, and so one call to STS or IAM Identity Center.
    private static readonly Lazy<AWSCredentials?> Credentials = new(() => Identity.Of(Variable));

    /// <summary>
    /// Where S3 is. The region is the option's or else the environment's, for S3-compatible servers too, which sign with it;
    /// what neither says, the SDK finds in the profile.
    /// </summary>
    public static S3Endpoint Endpoint(string? region, Uri? url, bool pathStyle) => new(
        region ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION"), url?.OriginalString, pathStyle);

    /// <exception cref="WrongUsageException">The place is neither.</exception>
    /// <exception cref="AggregationException">S3 cannot be used as things are.</exception>
    public static IObjectStore Open(string place, S3Endpoint endpoint, S3UploadEncryption? encryption = null)
    {
        try
        {
            return StoreLocation.Open(place, endpoint, () => Credentials.Value, encryption);
        }
        catch (AggregationException e) when (e.InnerException is null)
        {
            // With a cause of the SDK's, the argument is right and the environment is not.
            throw new WrongUsageException(e.Message, e);
        }
    }

    /// <summary>To read from. A directory must be there, as a bucket must: its name is mistyped more often than it is empty.</summary>
    /// <exception cref="AggregationException">It is not.</exception>
    public static IObjectStore OpenSource(string place, S3Endpoint endpoint)
    {
        var store = Open(place, endpoint);
        return store is DirectoryStore && !Directory.Exists(place)
            ? throw new AggregationException($"{place}: there is no such directory. Correct --source.")
            : store;
    }

#pragma warning disable RS0030 // Options of the AWS tools that are variables: read here alone.
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
#pragma warning restore RS0030
}
