using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// The bytes of an object from one offset to another. When a body breaks off or stalls, the stream requests the rest
/// under the same ETag, because S3 often closes a connection that is read slowly.
/// </summary>
internal sealed class S3ObjectStream : ForwardStream
{
    private const int MaxResumes = 5;

    private readonly S3Store _store;
    private readonly StoredObject _source;
    private readonly long _end;
    private readonly string _uri;
    private long _position;
    private int _resumes;
    private GetObjectResponse? _response;

    private S3ObjectStream(S3Store store, StoredObject source, long offset, long end) =>
        (_store, _source, _position, _end, _uri) = (store, source, offset, end, store.UriOf(source.Key));

    /// <summary>
    /// Whether the object is gzip by its name. A gzip file shows by itself whether it arrived whole, and the SDK's
    /// check of CRC-32 and MD5, byte by byte, takes nearly as long as unpacking the file.
    /// </summary>
    private bool IsGzip => _source.Key.EndsWith(".gz", StringComparison.Ordinal);

    public static async Task<S3ObjectStream> OpenAsync(
        S3Store store, StoredObject source, long offset, long end, CancellationToken cancellation)
    {
        var stream = new S3ObjectStream(store, source, offset, end);
        try
        {
            await stream.RequestAsync(cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (count, broken) = await ReadBodyAsync(buffer, cancellationToken);
            _position += count;
            if (_position > _end)
            {
                throw StoreError.Changed(_uri);
            }

            if (count > 0 || _position == _end || buffer.IsEmpty)
            {
                return count;
            }

            await ResumeAsync(broken, cancellationToken);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override int Read(Span<byte> buffer)
    {
        byte[] borrowed = LargeBuffers.Rent(buffer.Length);
        int count = Read(borrowed, 0, buffer.Length);
        borrowed.AsSpan(0, count).CopyTo(buffer);
        LargeBuffers.Return(borrowed);
        return count;
    }

    /// <summary>Reads on in the body that is open; a lost connection is returned, not thrown.</summary>
    private async ValueTask<(int Count, Exception? Broken)> ReadBodyAsync(
        Memory<byte> buffer, CancellationToken cancellation)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        idle.CancelAfter(_store.IdleTimeout);
        try
        {
            return (await _response!.ResponseStream.ReadAsync(buffer, idle.Token), null);
        }
        catch (Exception e) when (S3Error.IsLostConnection(e) && !cancellation.IsCancellationRequested)
        {
            return (0, e);
        }
        catch (AmazonClientException e)
        {
            throw S3Error.Of(_uri, "s3:GetObject", e);
        }
    }

    private async Task ResumeAsync(Exception? broken, CancellationToken cancellation)
    {
        if (_resumes == MaxResumes)
        {
            throw new AggregationException(
                $"{_uri}: its body broke off {MaxResumes + 1} times, "
                + $"the last time at byte {_position} of {_source.Size}. "
                + "Check the network and start again.",
                broken);
        }

        _response!.Dispose();
        await Task.Delay(_store.ResumeDelay * (1 << _resumes++), cancellation);
        _store.CountResumedRead();
        await RequestAsync(cancellation);
    }

    private async Task RequestAsync(CancellationToken cancellation)
    {
        var request = new GetObjectRequest
        {
            BucketName = _store.Bucket,
            Key = _store.FullKeyOf(_source.Key),
            EtagToMatch = _source.ETag,
        };
        // The SDK skips MD5 validation for ranged GETs, even when the range covers the whole object.
        bool isRange = _position > 0 || _end < _source.Size || (IsGzip && _end > 0);
        if (!isRange && _store.HasChecksums)
        {
            request.ChecksumMode = ChecksumMode.ENABLED;
        }

        if (isRange)
        {
            request.ByteRange = new ByteRange(_position, _end - 1);
        }

        _store.CountRead();
        _response = await S3Error.TranslateAsync(
            _uri,
            "s3:GetObject",
            () => _store.Pace.SendAsync(() => _store.Client.GetObjectAsync(request, cancellation), cancellation),
            cancellation);
        if (isRange && _response.HttpStatusCode != HttpStatusCode.PartialContent)
        {
            throw new AggregationException(
                $"{_uri}: the server sends the whole object although the tool requested a range. "
                + "Use a server that supports ranges.");
        }

        if (_response.ETag != _source.ETag || _response.ContentLength != _end - _position)
        {
            throw StoreError.Changed(_uri);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response?.Dispose();
        }

        base.Dispose(disposing);
    }
}
