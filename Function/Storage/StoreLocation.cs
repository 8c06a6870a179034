namespace CloudTrailAggregation.Storage;

/// <summary>A place as a command line names it: a directory, or <c>s3://bucket/prefix</c>.</summary>
public static class StoreLocation
{
    /// <summary>
    /// The store at a location. A prefix gets a '/' at its end if it has none; it may be empty.
    /// What follows the bucket is taken as it is: '%', '+' and '?' have no meaning.
    /// </summary>
    /// <exception cref="AggregationException">The location is neither, or S3 cannot be used here.</exception>
    public static IObjectStore Open(string location, S3Endpoint endpoint)
    {
        if (string.IsNullOrWhiteSpace(location)) throw new AggregationException("A location is empty. Write a directory or s3://bucket/prefix.");
        int scheme = location.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || !location[..scheme].All(char.IsAsciiLetterOrDigit)) return new DirectoryStore(location);
        if (!location.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
            throw new AggregationException($"{location}: only directories and s3://bucket/prefix can be read and written.");
        string[] parts = location[(scheme + 3)..].Split('/', 2);
        if (!IsBucketName(parts[0]))
            throw new AggregationException($"{location}: '{parts[0]}' is not a name a bucket can have. Write s3://bucket/prefix, the bucket with 3 to 63 of a-z, 0-9, '.' and '-'.");
        string prefix = parts is [_, { Length: > 0 } given] ? given.EndsWith('/') ? given : given + "/" : "";
#pragma warning disable CA2000 // The store keeps its client for as long as the process lives.
        return new S3Store(S3Client.Create(endpoint), parts[0], prefix);
#pragma warning restore CA2000
    }

    // Names from before 2018 may be longer than 63 and have capitals and '_'; S3 itself says when there is no such bucket.
    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 255
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
