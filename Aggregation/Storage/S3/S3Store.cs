using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// The objects of a bucket whose keys start with a prefix. A staged object is a multipart upload that is not complete.
/// A killed process leaves its uploads behind: give the bucket a lifecycle rule that aborts them.
/// </summary>
/// <param name="client">See <see cref="S3Client.Create"/>.</param>
/// <param name="bucket">The bucket's name, or the ARN of an access point.</param>
/// <param name="prefix">The literal start of every key; typically empty or ending in '/'.</param>
/// <param name="parallelUploadParts">The number of upload parts of one object sent at the same time, at least
/// 1.</param>
public sealed class S3Store(IAmazonS3 client, string bucket, string prefix, int parallelUploadParts = 2) : IObjectStore
{
    /// <summary>
    /// The name of the object metadata (x-amz-meta-...) whose random value identifies an object's upload.
    /// </summary>
    public const string TokenName = "upload-token";

    // The SDK removes a leading '/' from each key that it sends, so a listing and a write would not mean the same
    // object.
    private readonly string _prefix = !prefix.StartsWith('/')
        ? prefix
        : throw new AggregationException(
            $"s3://{bucket}/{prefix}: a prefix cannot start with '/'. Remove the '/' at its start.");
    private S3Pace? _pace;
    private long _resumedReads;
    private long _listRequests;
    private long _readRequests;
    private long _writeRequests;

    /// <summary>The number of times that a read continued with a new request because a body broke off.</summary>
    public long ResumedReads => Interlocked.Read(ref _resumedReads);

    /// <summary>
    /// The number of resumed reads plus the requests that this store and the client sent again; a client that several
    /// stores share counts for all of them.
    /// </summary>
    public long Retries =>
        ResumedReads + Pace.SentAgain + (client is S3RetryCountingClient counting ? counting.Retries : 0);

    /// <inheritdoc/>
    public RequestCounts Requests => new(
        Interlocked.Read(ref _listRequests),
        Interlocked.Read(ref _readRequests),
        Interlocked.Read(ref _writeRequests));

    /// <summary>
    /// The wait before the first resumed read of an object, and the maximum wait before a request is sent again because
    /// S3 is too busy, 200 ms by default; it doubles each time.
    /// </summary>
    public TimeSpan ResumeDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long reads and listings wait in total while S3 answers each of them that it is too busy; 5 minutes by
    /// default.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a body may send nothing before it counts as broken; 60 s by default.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an abort waits for upload parts that are being sent, and then again for its answer; 4 s by default. Two
    /// aborts, of the rejects and of the Parquet files, fit into the time that an invocation reserves for stopping.
    /// </summary>
    public TimeSpan AbortTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The encryption to request for each new object; null, the default, for the bucket's own.</summary>
    public S3UploadEncryption? Encryption { get; init; }

    /// <summary>The maximum number of keys in one answer to a listing, 1 to 1,000; 1,000 by default.</summary>
    public int ListPageSize { get; init; } = 1_000;

    /// <summary>
    /// The size of an upload part: 8 MiB, doubled after every 2,500. 10,000 upload parts of 2,500 * (8 + 16 + 32 + 64)
    /// MiB hold 293 GiB, and an object of up to 19.5 GiB needs only the smallest.
    /// </summary>
    /// <param name="number">The upload part's number, 1 to 10,000.</param>
    public static int UploadPartBytes(int number) => 8 << 20 << ((number - 1) / 2_500);

    /// <summary>Whether the server keeps checksums beside objects, as AWS does; see <see cref="S3Client"/>.</summary>
    internal bool HasChecksums => client.Config.RequestChecksumCalculation == RequestChecksumCalculation.WHEN_SUPPORTED;

    /// <summary>The pace of this store's reads and listings.</summary>
    internal S3Pace Pace =>
        LazyInitializer.EnsureInitialized(ref _pace, () => new S3Pace(ResumeDelay, BusyTimeout));

    internal IAmazonS3 Client => client;
    internal string Bucket => bucket;
    internal int ParallelUploadParts => parallelUploadParts;

    /// <inheritdoc/>
    public string UriOf(string key) => $"s3://{bucket}/{_prefix}{key}";

    /// <exception cref="AggregationException">
    /// The bucket cannot be listed, or does not keep the order that S3 promises.
    /// </exception>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string last = "";
        var request = ListingOf(prefix);
        request.OptionalObjectAttributes = [OptionalObjectAttributes.RestoreStatus.Value];
        await foreach (var page in PagesAsync(prefix, request, cancellation))
        {
            foreach (var found in page.S3Objects ?? [])
            {
                last = RequireOrder(last, found.Key);
                yield return new StoredObject(
                    found.Key[_prefix.Length..],
                    found.Size ?? 0,
                    found.ETag,
                    IsArchived(found),
                    found.LastModified is { } modified ? new DateTimeOffset(modified.ToUniversalTime()) : default);
            }
        }
    }

    /// <exception cref="AggregationException">
    /// The bucket cannot be listed, or does not keep the order that S3 promises.
    /// </exception>
    public async IAsyncEnumerable<string> ListFoldersAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string last = "";
        var request = ListingOf(prefix);
        request.Delimiter = "/";
        await foreach (var page in PagesAsync(prefix, request, cancellation))
        {
            foreach (string found in page.CommonPrefixes ?? [])
            {
                last = RequireOrder(last, found);
                yield return found[_prefix.Length..];
            }
        }
    }

    /// <inheritdoc/>
    public IObjectStore? Above => _prefix.Length == 0
        ? null
        : new S3Store(client, bucket, _prefix[..(_prefix.TrimEnd('/').LastIndexOf('/') + 1)], parallelUploadParts);

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation) =>
        await S3ObjectStream.OpenAsync(this, source, 0, source.Size, cancellation);

    /// <inheritdoc/>
    public async Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, source.Size - destination.Length);
        if (destination.IsEmpty)
        {
            return;
        }

        long end = offset + destination.Length;
        await using var range = await S3ObjectStream.OpenAsync(this, source, offset, end, cancellation);
        await range.ReadExactlyAsync(destination, cancellation);
    }

    /// <inheritdoc/>
    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        new S3StagedObject(this, key, contentType, cancellation);

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var request = new DeleteObjectRequest { BucketName = bucket, Key = FullKeyOf(key) };
            await client.DeleteObjectAsync(request, cancellation);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            // A missing object is no error. AWS never answers like this, but some servers do.
        }
        catch (Exception e) when (S3Error.IsS3Failure(e) && !cancellation.IsCancellationRequested)
        {
            throw S3Error.Of(UriOf(key), "s3:DeleteObject", e);
        }
    }

    internal string FullKeyOf(string key) => _prefix + key;

    private ListObjectsV2Request ListingOf(string prefix) => new()
    {
        BucketName = bucket,
        Prefix = FullKeyOf(prefix),
        MaxKeys = ListPageSize,
    };

    private async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string prefix, ListObjectsV2Request request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            Interlocked.Increment(ref _listRequests);
            var page = await S3Error.TranslateAsync(
                UriOf(prefix),
                "s3:ListBucket",
                () => Pace.SendAsync(() => client.ListObjectsV2Async(request, cancellation), cancellation),
                cancellation);
            yield return page;
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    private string RequireOrder(string last, string found) =>
        last.Length == 0 || Utf8Order.Instance.Compare(last, found) < 0
            ? found
            : throw S3Error.Unordered($"s3://{bucket}/{found}", last);

    /// <summary>
    /// Whether an object must be restored first. A listing shows a restored copy under its archive class, with the day
    /// on which the copy expires. It does not show the archive tiers of INTELLIGENT_TIERING, so reading such an object
    /// fails. GLACIER_IR needs no restore.
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
    /// </summary>
    private static bool IsArchived(S3Object found) =>
        (found.StorageClass == S3StorageClass.Glacier || found.StorageClass == S3StorageClass.DeepArchive)
        && found.RestoreStatus is not { IsRestoreInProgress: false, RestoreExpiryDate: not null };

    internal void CountResumedRead() => Interlocked.Increment(ref _resumedReads);

    internal void CountRead() => Interlocked.Increment(ref _readRequests);

    internal void CountWrite() => Interlocked.Increment(ref _writeRequests);
}
