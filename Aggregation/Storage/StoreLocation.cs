using System.Text.RegularExpressions;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Storage;

/// <summary>
/// Opens a place that a command line names: a directory or <c>s3://bucket/prefix</c>, with the ARN of an access point
/// in the bucket's place if wanted, as in the AWS CLI.
/// </summary>
public static partial class StoreLocation
{
    /// <summary>
    /// Opens the store at a location. A prefix gets a '/' at its end if it has none; it may be empty.
    /// The prefix is taken literally: '%', '+' and '?' have no meaning.
    /// </summary>
    /// <param name="location">The location.</param>
    /// <param name="endpoint">The S3 to use, if the location is a bucket.</param>
    /// <param name="identity">
    /// Finds the credentials, and is called for a bucket only; null for those that the SDK finds.
    /// </param>
    /// <param name="encryption">The encryption to request for new objects; null for the bucket's default.</param>
    /// <exception cref="AggregationException">
    /// The location is neither a directory nor a bucket, or S3 cannot be used here.
    /// </exception>
    public static IObjectStore Open(
        string location, S3Endpoint endpoint, S3Identity? identity = null, S3UploadEncryption? encryption = null)
    {
        if (string.IsNullOrWhiteSpace(location))
        {
            throw new AggregationException("The location is empty. Write a directory or s3://bucket/prefix.");
        }

        int scheme = location.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || !location[..scheme].All(char.IsAsciiLetterOrDigit))
        {
            return new DirectoryStore(location);
        }

        if (!location.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
        {
            throw new AggregationException(
                $"{location}: only directories and s3://bucket/prefix can be read and written. Write one of the two.");
        }

        var (bucket, prefix) = Split(location, location[(scheme + 3)..], endpoint);
        string folder = prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";
        return OpenBucket(bucket, folder, endpoint, identity, encryption);
    }

    /// <summary>
    /// The store of a bucket's objects whose keys start with a prefix, which is empty or ends in '/'.
    /// </summary>
    /// <exception cref="AggregationException">S3 cannot be used here.</exception>
    public static IObjectStore OpenBucket(
        string bucket,
        string prefix,
        S3Endpoint endpoint,
        S3Identity? identity = null,
        S3UploadEncryption? encryption = null)
    {
#pragma warning disable CA2000 // The store keeps its client until the process ends.
        return new S3Store(S3Client.Create(endpoint, identity?.Invoke()), bucket, prefix) { Encryption = encryption };
#pragma warning restore CA2000
    }

    private static (string Bucket, string Prefix) Split(string location, string path, S3Endpoint endpoint)
    {
        if (path.StartsWith("arn:", StringComparison.Ordinal))
        {
            return SplitArn(location, path, endpoint);
        }

        string[] names = path.Split('/', 2);
        return IsBucketName(names[0])
            ? (names[0], names.ElementAtOrDefault(1) ?? "")
            : throw new AggregationException(
                $"{location}: '{names[0]}' is not a name a bucket can have. "
                + "Write s3://bucket/prefix, the bucket with 3 to 63 of a-z, 0-9, '.' and '-'.");
    }

    private static (string Bucket, string Prefix) SplitArn(string location, string path, S3Endpoint endpoint)
    {
        var match = AccessPoint().Match(path);
        if (!match.Success)
        {
            throw new AggregationException(
                $"{location}: the ARN is not one of an S3 access point in one region. "
                + "Write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix or s3://bucket/prefix, "
                + "or use the access point's alias as the bucket.");
        }

        return !endpoint.PathStyle
            ? (match.Groups["arn"].Value, match.Groups["prefix"].Value)
            : throw new AggregationException(
                $"{location}: path-style addresses do not work with an access point. "
                + "Omit --path-style, or write s3://bucket/prefix.");
    }

    // A multi-region access point (no region, a name that ends in .mrap) needs signatures from a native library.
    [GeneratedRegex(
        @"^(?<arn>arn:[a-z-]+:s3:[a-z0-9-]+:[0-9]{12}:accesspoint[/:][a-z0-9-]+)(/(?<prefix>.*))?$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AccessPoint();

    // A bucket from before 2018 may have a name of more than 63 characters, with capitals and '_'. S3 itself reports a
    // bucket that does not exist.
    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 255
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
