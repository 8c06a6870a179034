namespace CloudTrailAggregation.Storage;

/// <summary>
/// Requests to S3 by their price, without those that are free or sent again.
/// https://aws.amazon.com/s3/pricing/
/// </summary>
/// <param name="List">Pages of listings.</param>
/// <param name="Read">Reads of objects or of what S3 says of them (GET and HEAD).</param>
/// <param name="Write">Starts, upload parts and completions of uploads.</param>
public sealed record RequestCounts(long List, long Read, long Write)
{
    /// <summary>No request.</summary>
    public static readonly RequestCounts None = new(0, 0, 0);

    /// <summary>The requests of both together.</summary>
    public RequestCounts Plus(RequestCounts added) => new(List + added.List, Read + added.Read, Write + added.Write);

    /// <summary>The requests since an earlier count.</summary>
    public RequestCounts Since(RequestCounts earlier) =>
        new(List - earlier.List, Read - earlier.Read, Write - earlier.Write);
}
