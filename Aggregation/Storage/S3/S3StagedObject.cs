using System.Net;
using System.Runtime.ExceptionServices;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// A multipart upload, completed on a condition (If-Match, If-None-Match). The condition is also looked at right before,
/// which is all there is on a server that does not know conditional completion or ignores it.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
/// </summary>
internal sealed class S3StagedObject : IStagedObject
{
    // Short beside the time a run keeps in reserve.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

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
        catch (Exception e) when (S3Error.IsOne(e))
        {
            await DecideAsync(e, replaced, cancellation);
        }
        _isSettled = true;
    }

    public async Task TakeBackAsync(CancellationToken cancellation)
    {
        // By the token, not the ETag: another run's object may have the same bytes.
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
        await _content.AbortAsync(_store.AbortPatience);
    }

    private async Task SendAsync(CompleteMultipartUploadRequest request, StoredObject? replaced, CancellationToken cancellation)
    {
        try
        {
            await _store.Client.CompleteMultipartUploadAsync(request, cancellation);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotImplemented || e.ErrorCode == "NotImplemented")
        {
            await RequireUnchangedAsync(replaced, cancellation);
            (request.IfMatch, request.IfNoneMatch) = (null, null);
            await _store.Client.CompleteMultipartUploadAsync(request, cancellation);
        }
    }

    // An answer that is not success may follow a completion that took place: the answer was lost and the retry met its own object.
    private async Task DecideAsync(Exception failure, StoredObject? replaced, CancellationToken cancellation)
    {
        GetObjectMetadataResponse? there;
        try
        {
            using var timeout = new CancellationTokenSource(Patience);
            there = await HeadAsync(timeout.Token);
        }
        catch (Exception e) when (e is AggregationException || S3Error.IsOne(e))
        {
            throw new AggregationException($"{e.Message} So it is not known whether it was completed ({failure.Message}). Start again: that mends both cases.", failure);
        }
        if (IsOurs(there))
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

    private bool IsOurs(GetObjectMetadataResponse? there) => there?.Metadata[S3Store.TokenName] == _token;

    // 409: a conflicting write at the same time. 404 NoSuchKey: what If-Match names was deleted.
    private static bool IsLost(Exception failure, StoredObject? replaced) => failure is AmazonS3Exception answer
        && (answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || (answer.ErrorCode == "NoSuchKey" && replaced is not null));

    private async Task RequireUnchangedAsync(StoredObject? replaced, CancellationToken cancellation)
    {
        var there = await HeadAsync(cancellation);
        if (there?.ETag == replaced?.ETag)
        {
            return;
        }

        throw StoreError.Lost(_uri, (there, replaced) switch
        {
            (null, _) => "the object that was to be replaced is gone, or the credentials do not reach it any more",
            (_, null) => "there is an object by now",
            _ => "the object that was to be replaced is another one by now",
        });
    }

    private async Task<GetObjectMetadataResponse?> HeadAsync(CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = _store.Bucket, Key = _store.FullKeyOf(Key) };
        try
        {
            return await _store.Client.GetObjectMetadataAsync(request, cancellation);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            // 403 is AWS's answer for what is not there to a role that may list only below a prefix, as the template's.
            return null;
        }
        catch (Exception e) when (S3Error.IsOne(e) && !cancellation.IsCancellationRequested)
        {
            throw S3Error.Of(_uri, "s3:GetObject", e);
        }
    }
}
