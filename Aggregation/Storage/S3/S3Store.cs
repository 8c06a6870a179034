using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// The objects of a bucket whose keys start with a prefix. A staged object is a multipart upload that is not completed.
/// Whether a server that is killed leaves such uploads behind is up to the bucket: give it a lifecycle rule that aborts them.
/// </summary>
/// <param name="client">See <see cref="S3Client.Create"/>.</param>
/// <param name="bucket">The bucket's name.</param>
/// <param name="prefix">What stands before each key, as it is: usually empty or ending in '/'.</param>
/// <param name="parallelParts">How many parts of one object are sent at the same time, at least 1.</param>
public sealed class S3Store(IAmazonS3 client, string bucket, string prefix, int parallelParts = 2) : IObjectStore
{
    /// <summary>The object metadata (x-amz-meta-...) whose random value tells which upload an object is from.</summary>
    public const string TokenName = "upload-token";

    // The SDK cuts a leading '/' from each key it sends, so that a listing and a write would not mean the same object.
    private readonly string _prefix = !prefix.StartsWith('/')
        ? prefix
        : throw new AggregationException($"s3://{bucket}/{prefix}: a prefix cannot start with '/'. Use one that does not.");
    private long _resumedReads;

    /// <summary>How often a body that broke off was asked for again from where it broke.</summary>
    public long ResumedReads => Interlocked.Read(ref _resumedReads);

    /// <summary>Resumed reads, and what the client sent again, for other stores too if it has several.</summary>
    public long Retries => ResumedReads + (client is S3RetryCountingClient counting ? counting.Retries : 0);

    /// <summary>The wait before the first resumed read of an object; it doubles with each further one.</summary>
    public TimeSpan ResumeDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a body may send nothing before it counts as broken.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an abort waits for parts on their way, and then for its answer. Twice, for rejects and Parquet files, it fits
    /// into the time that an invocation keeps in reserve.
    /// </summary>
    public TimeSpan AbortPatience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The encryption that each new object asks for; null, the default: what the bucket does by itself.</summary>
    public S3UploadEncryption? Encryption { get; init; }

    /// <summary>Keys in one answer to a listing, 1 to 1,000.</summary>
    public int ListPageSize { get; init; } = 1_000;

    /// <summary>
    /// A part's size: 8 MiB, doubled after each 2,500 parts: 2,500 * (8 + 16 + 32 + 64) MiB make 293 GiB in 10,000 parts,
    /// and an object below 19.5 GiB never needs more than the smallest parts.
    /// </summary>
    /// <param name="number">Its number, 1 to 10,000.</param>
    public static int PartSizeBytes(int number) => 8 << 20 << ((number - 1) / 2_500);

    /// <summary>Whether the server keeps checksums beside objects, as AWS does; see <see cref="S3Client"/>.</summary>
    internal bool HasChecksums => client.Config.RequestChecksumCalculation == RequestChecksumCalculation.WHEN_SUPPORTED;

    internal IAmazonS3 Client => client;
    internal string Bucket => bucket;
    internal int ParallelParts => parallelParts;

    public string UriOf(string key) => $"s3://{bucket}/{_prefix}{key}";

    /// <exception cref="AggregationException">The bucket cannot be listed, or not in the order that S3 promises.</exception>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string last = "";
        var request = new ListObjectsV2Request
        {
            BucketName = bucket,
            Prefix = FullKeyOf(prefix),
            MaxKeys = ListPageSize,
            OptionalObjectAttributes = [OptionalObjectAttributes.RestoreStatus.Value],
        };
        do
        {
            var page = await S3Error.TranslateAsync(UriOf(prefix), "s3:ListBucket", () => client.ListObjectsV2Async(request, cancellation), cancellation);
            foreach (var found in page.S3Objects ?? [])
            {
                if (last.Length > 0 && Utf8Order.Instance.Compare(last, found.Key) >= 0)
                {
                    throw S3Error.Unordered($"s3://{bucket}/{found.Key}", last);
                }

                last = found.Key;
                yield return new StoredObject(found.Key[_prefix.Length..], found.Size ?? 0, found.ETag, IsArchived(found));
            }
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <exception cref="AggregationException">The bucket cannot be listed, or not in the order that S3 promises.</exception>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string last = "";
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = FullKeyOf(prefix), Delimiter = "/", MaxKeys = ListPageSize };
        do
        {
            var page = await S3Error.TranslateAsync(UriOf(prefix), "s3:ListBucket", () => client.ListObjectsV2Async(request, cancellation), cancellation);
            foreach (string found in page.CommonPrefixes ?? [])
            {
                if (last.Length > 0 && Utf8Order.Instance.Compare(last, found) >= 0)
                {
                    throw S3Error.Unordered($"s3://{bucket}/{found}", last);
                }

                last = found;
                yield return found[_prefix.Length..];
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public IObjectStore? Above => _prefix.Length == 0
        ? null
        : new S3Store(client, bucket, _prefix[..(_prefix.TrimEnd('/').LastIndexOf('/') + 1)], parallelParts);

    public async Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation) =>
        await S3ObjectStream.OpenAsync(this, source, 0, source.Size, cancellation);

    public async Task ReadRangeAsync(StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, source.Size - destination.Length);
        if (destination.IsEmpty)
        {
            return;
        }

        await using var range = await S3ObjectStream.OpenAsync(this, source, offset, offset + destination.Length, cancellation);
        await range.ReadExactlyAsync(destination, cancellation);
    }

    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) => new S3StagedObject(this, key, contentType, cancellation);

    public async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = FullKeyOf(key) }, cancellation);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            // Not there is what was asked for; AWS does not answer so, other servers do.
        }
        catch (Exception e) when (S3Error.IsOne(e) && !cancellation.IsCancellationRequested)
        {
            throw S3Error.Of(UriOf(key), "s3:DeleteObject", e);
        }
    }

    internal string FullKeyOf(string key) => _prefix + key;

    /// <summary>
    /// A restored copy is listed in its archive class, with the day on which the copy goes. The archive tiers of
    /// INTELLIGENT_TIERING are not listed: such an object is refused when it is read. GLACIER_IR can be read as it is.
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
    /// </summary>
    private static bool IsArchived(S3Object found) =>
        (found.StorageClass == S3StorageClass.Glacier || found.StorageClass == S3StorageClass.DeepArchive)
        && found.RestoreStatus is not { IsRestoreInProgress: false, RestoreExpiryDate: not null };

    internal void CountResumedRead() => Interlocked.Increment(ref _resumedReads);
}
