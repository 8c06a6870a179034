using Amazon.Runtime;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>A directory or <c>s3://bucket/prefix</c>, as the arguments and the environment name it.</summary>
internal static class Place
{
    // Source and destination share the credentials, so that STS or IAM Identity Center is called once.
    private static readonly Lazy<AWSCredentials?> Credentials = new(() => Identity.Of(Variable));

    /// <summary>
    /// Where S3 is. The region is the option's, otherwise the environment's, otherwise the one that the SDK finds in
    /// the profile. S3-compatible servers need it too, because requests are signed with it.
    /// </summary>
    public static S3Endpoint Endpoint(string? region, Uri? url, bool pathStyle) => new(
        region ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION"), url?.OriginalString, pathStyle);

    /// <exception cref="WrongUsageException">The text is neither a directory nor a bucket.</exception>
    /// <exception cref="AggregationException">S3 cannot be used in this environment.</exception>
    public static IObjectStore Open(string place, S3Endpoint endpoint, S3UploadEncryption? encryption = null)
    {
        try
        {
            return StoreLocation.Open(place, endpoint, () => Credentials.Value, encryption);
        }
        catch (AggregationException e) when (e.InnerException is null)
        {
            // An error with a cause from the SDK is the environment's; without one it is the argument's.
            throw new WrongUsageException(e.Message, e);
        }
    }

    /// <summary>
    /// Opens a place to read from. A directory must exist, like a bucket, because its name is mistyped more often than
    /// it is empty.
    /// </summary>
    /// <exception cref="AggregationException">The directory does not exist.</exception>
    public static IObjectStore OpenSource(string place, S3Endpoint endpoint)
    {
        var store = Open(place, endpoint);
        return store is DirectoryStore && !Directory.Exists(place)
            ? throw new AggregationException($"{place}: there is no such directory. Correct --source.")
            : store;
    }

#pragma warning disable RS0030 // The AWS tools take some options from variables; they are read only here.
    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
#pragma warning restore RS0030
}
