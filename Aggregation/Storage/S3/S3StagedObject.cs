using System.Net;
using System.Runtime.ExceptionServices;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// A multipart upload that is completed on a condition (If-Match, If-None-Match). The condition is also checked right
/// before, which is the only protection on a server that does not support conditional completion or ignores it.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
/// </summary>
internal sealed class S3StagedObject : IStagedObject
{
    // Less than the time that a run reserves for stopping.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);

    private readonly string _token = Guid.NewGuid().ToString("n");
    private readonly S3Store _store;
    private readonly S3UploadContent _content;
    private readonly string _uri;
    private (string UploadId, UploadPartResponse[] Parts)? _upload;
    private bool _isSettled;

    public S3StagedObject(S3Store store, string key, string contentType, CancellationToken cancellation)
    {
        (_store, Key, _uri) = (store, key, store.UriOf(key));
        _content = new S3UploadContent(store, key, contentType, _token, cancellation);
    }

    public string Key { get; }

    public Stream Content => _content;

    public async Task FinishAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _content.Seal();
        _upload ??= await _content.FinishAsync(cancellation);
    }

    public async Task CompleteAsync(StoredObject? replaced, CancellationToken cancellation)
    {
        await FinishAsync(cancellation);
        var (uploadId, parts) = _upload!.Value;
        await RequireUnchangedAsync(replaced, cancellation);
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = _store.Bucket,
            Key = _store.FullKeyOf(Key),
            UploadId = uploadId,
            IfMatch = replaced?.ETag,
            IfNoneMatch = replaced is null ? "*" : null,
        };
        request.AddPartETagsAndChecksums(parts);
        try
        {
            await SendAsync(request, replaced, cancellation);
        }
        catch (Exception e) when (S3Error.IsS3Failure(e))
        {
            await ThrowUnlessCompleteAsync(e, replaced, cancellation);
        }

        _isSettled = true;
    }

    public async Task TakeBackAsync(CancellationToken cancellation)
    {
        // Compare the token, not the ETag: another run's object may have the same bytes.
        if (IsOurs(await HeadAsync(cancellation)))
        {
            await _store.DeleteAsync(Key, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isSettled)
        {
            return;
        }

        _isSettled = true;
        await _content.AbortAsync(_store.AbortTimeout);
    }

    private async Task SendAsync(
        CompleteMultipartUploadRequest request, StoredObject? replaced, CancellationToken cancellation)
    {
        _store.CountWrite();
        try
        {
            await _store.Client.CompleteMultipartUploadAsync(request, cancellation);
        }
        catch (AmazonS3Exception e)
            when (e.StatusCode == HttpStatusCode.NotImplemented || e.ErrorCode == "NotImplemented")
        {
            await RequireUnchangedAsync(replaced, cancellation);
            (request.IfMatch, request.IfNoneMatch) = (null, null);
            _store.CountWrite();
            await _store.Client.CompleteMultipartUploadAsync(request, cancellation);
        }
    }

    // A failure may follow a successful completion: its answer was lost, and the retry found the object of the first
    // try.
    private async Task ThrowUnlessCompleteAsync(
        Exception failure, StoredObject? replaced, CancellationToken cancellation)
    {
        GetObjectMetadataResponse? found;
        try
        {
            using var timeout = new CancellationTokenSource(CheckTimeout);
            found = await HeadAsync(timeout.Token);
        }
        catch (Exception e) when (e is AggregationException || S3Error.IsS3Failure(e))
        {
            throw new AggregationException(
                $"{e.Message} So it is not known whether it was completed ({failure.Message}). "
                + "Start again: a new run handles both cases.",
                failure);
        }

        if (IsOurs(found))
        {
            return;
        }

        if (cancellation.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        throw IsLost(failure, replaced)
            ? StoreError.Lost(_uri, failure.Message.TrimEnd('.'), failure)
            : S3Error.Of(_uri, "s3:PutObject", failure);
    }

    private bool IsOurs(GetObjectMetadataResponse? found) => found?.Metadata[S3Store.TokenName] == _token;

    // 409: a conflicting write at the same time. 404 NoSuchKey: somebody deleted the object that If-Match names.
    private static bool IsLost(Exception failure, StoredObject? replaced) =>
        failure is AmazonS3Exception answer
        && (answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict
            || (answer.ErrorCode == "NoSuchKey" && replaced is not null));

    private async Task RequireUnchangedAsync(StoredObject? replaced, CancellationToken cancellation) =>
        StoreError.RequireUnchanged(_uri, (await HeadAsync(cancellation))?.ETag, replaced?.ETag);

    private async Task<GetObjectMetadataResponse?> HeadAsync(CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = _store.Bucket, Key = _store.FullKeyOf(Key) };
        _store.CountRead();
        try
        {
            return await _store.Client.GetObjectMetadataAsync(request, cancellation);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            // AWS answers 403 for a missing object if the role may list only below a prefix, as the template's role.
            return null;
        }
        catch (Exception e) when (S3Error.IsS3Failure(e) && !cancellation.IsCancellationRequested)
        {
            throw S3Error.Of(_uri, "s3:GetObject", e);
        }
    }
}
