using System.Text.RegularExpressions;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// A place as a command line names it: a directory, or <c>s3://bucket/prefix</c>, where the ARN of an access point may
/// take the bucket's place, as in the AWS CLI.
/// </summary>
public static partial class StoreLocation
{
    /// <summary>
    /// The store at a location. A prefix gets a '/' at its end if it has none; it may be empty.
    /// What follows the bucket is taken as it is: '%', '+' and '?' have no meaning.
    /// </summary>
    /// <param name="location">The location.</param>
    /// <param name="endpoint">Where S3 is, if the location is there.</param>
    /// <param name="identity">Who asks S3, called only then; null for whom the SDK finds.</param>
    /// <param name="encryption">What new objects in a bucket ask for; null for what the bucket does by itself.</param>
    /// <exception cref="AggregationException">The location is neither, or S3 cannot be used here.</exception>
    public static IObjectStore Open(string location, S3Endpoint endpoint, S3Identity? identity = null, S3UploadEncryption? encryption = null)
    {
        if (string.IsNullOrWhiteSpace(location))
        {
            throw new AggregationException("A location is empty. Write a directory or s3://bucket/prefix.");
        }

        int scheme = location.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || !location[..scheme].All(char.IsAsciiLetterOrDigit))
        {
            return new DirectoryStore(location);
        }

        if (!location.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
        {
            throw new AggregationException($"{location}: only directories and s3://bucket/prefix can be read and written.");
        }

        var (bucket, rest) = Parts(location, location[(scheme + 3)..], endpoint);
        string prefix = rest is { Length: > 0 } && !rest.EndsWith('/') ? rest + "/" : rest;
        return OpenBucket(bucket, prefix, endpoint, identity, encryption);
    }

    /// <summary>The store of a bucket's objects whose keys start with a prefix, which is empty or ends in '/'.</summary>
    /// <exception cref="AggregationException">S3 cannot be used here.</exception>
    public static IObjectStore OpenBucket(
        string bucket, string prefix, S3Endpoint endpoint, S3Identity? identity = null, S3UploadEncryption? encryption = null)
    {
#pragma warning disable CA2000 // The store keeps its client for as long as the process lives.
        return new S3Store(S3Client.Create(endpoint, identity?.Invoke()), bucket, prefix) { Encryption = encryption };
#pragma warning restore CA2000
    }

    private static (string Bucket, string Prefix) Parts(string location, string path, S3Endpoint endpoint)
    {
        if (path.StartsWith("arn:", StringComparison.Ordinal))
        {
            return ArnParts(location, path, endpoint);
        }

        string[] parts = path.Split('/', 2);
        return IsBucketName(parts[0])
            ? (parts[0], parts.ElementAtOrDefault(1) ?? "")
            : throw new AggregationException($"{location}: '{parts[0]}' is not a name a bucket can have. Write s3://bucket/prefix, the bucket with 3 to 63 of a-z, 0-9, '.' and '-'.");
    }

    private static (string Bucket, string Prefix) ArnParts(string location, string path, S3Endpoint endpoint)
    {
        var match = AccessPoint().Match(path);
        if (!match.Success)
        {
            throw new AggregationException($"{location}: of ARNs only those of S3 access points in one region can be read and written. Write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix or s3://bucket/prefix, or use the access point's alias as the bucket.");
        }

        return !endpoint.PathStyle
            ? (match.Groups["arn"].Value, match.Groups["prefix"].Value)
            : throw new AggregationException($"{location}: an access point cannot be in the path. Leave --path-style out, or write s3://bucket/prefix.");
    }

    // A multi-region access point, which has no region and a name that ends in .mrap, wants signatures of a native library.
    [GeneratedRegex(@"^(?<arn>arn:[a-z-]+:s3:[a-z0-9-]+:[0-9]{12}:accesspoint[/:][a-z0-9-]+)(/(?<prefix>.*))?$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AccessPoint();

    // Names from before 2018 may be longer than 63 and have capitals and '_'; S3 itself says when there is no such bucket.
    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 255
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
