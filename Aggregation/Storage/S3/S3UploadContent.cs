using System.Buffers.Binary;
using System.IO.Hashing;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Collects bytes in upload parts and sends them in the background. The multipart upload starts with the first full
/// part. In memory are one part that is being filled and <see cref="S3Store.ParallelUploadParts"/> that are being sent.
/// </summary>
internal sealed class S3UploadContent(
    S3Store store, string key, string contentType, string token, CancellationToken cancellation) : StagedContent
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    private const int MaxParts = 10_000;

    private readonly string _uri = store.UriOf(key);
    private readonly SemaphoreSlim _free = new(store.ParallelUploadParts);
    private readonly CancellationTokenSource _stop = new();
    private readonly FirstFailure _sendFailure = new();
    private readonly List<Task<UploadPartResponse>> _parts = [];
    private Task<string>? _uploadId;
    private byte[]? _part;
    private int _filled;

    // S3 checks each upload part's CRC-32 on arrival.
    private readonly ChecksumAlgorithm? _checksum = store.HasChecksums ? ChecksumAlgorithm.CRC32 : null;

    protected override void Append(ReadOnlySpan<byte> buffer)
    {
        _sendFailure.ThrowIfAny();
        while (buffer.Length > 0)
        {
            int size = S3Store.UploadPartBytes(_parts.Count + 1);
            _part ??= LargeBuffers.Rent(size);
            int count = Math.Min(buffer.Length, size - _filled);
            buffer[..count].CopyTo(_part.AsSpan(_filled));
            buffer = buffer[count..];
            if ((_filled += count) < size)
            {
                continue;
            }

            _free.Wait(cancellation);
            _sendFailure.ThrowIfAny();
            SendPart();
        }
    }

    /// <summary>Sends the last upload part (for an empty object an empty one) and waits for all of them.</summary>
    /// <param name="ending">Stops the wait; the token of the constructor stops writes.</param>
    public async Task<(string UploadId, UploadPartResponse[] Parts)> FinishAsync(CancellationToken ending)
    {
        if (_filled > 0 || _parts.Count == 0)
        {
            await _free.WaitAsync(ending);
            _sendFailure.ThrowIfAny();
            SendPart();
        }

        var parts = await Task.WhenAll(_parts).WaitAsync(ending);
        return (await _uploadId!, parts);
    }

    /// <summary>
    /// Waits for the upload parts that are being sent, so that none arrives after the abort, and aborts the upload. It
    /// throws nothing.
    /// </summary>
    /// <param name="timeout">The limit for that wait, and then again for the answer.</param>
    public async Task AbortAsync(TimeSpan timeout)
    {
        _stop.CancelAfter(timeout);
        await Task.WhenAll(_parts.AsEnumerable<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (_uploadId is null)
            {
                return;
            }

            var request = new AbortMultipartUploadRequest
            {
                BucketName = store.Bucket,
                Key = store.FullKeyOf(key),
                UploadId = await _uploadId,
            };
            using var timedOut = new CancellationTokenSource(timeout);
            await store.Client.AbortMultipartUploadAsync(request, timedOut.Token);
        }
        catch (Exception)
        {
            // The upload never started, is already gone, or S3 is unreachable. The caller reports why the run aborts.
        }
        finally
        {
            _stop.Dispose();
        }
    }

    private void SendPart()
    {
        if (_parts.Count == MaxParts)
        {
            throw new AggregationException(
                $"{_uri}: it is larger than 293 GiB, the maximum for {MaxParts} upload parts. Set ROWS_PER_FILE.");
        }

        _uploadId ??= StartAsync();
        _parts.Add(SendPartAsync(_parts.Count + 1, _part ?? [], _filled));
        (_part, _filled) = (null, 0);
    }

    private async Task<string> StartAsync()
    {
        // The encryption is a property of the upload: S3 refuses its headers with an upload part.
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = store.Bucket,
            Key = store.FullKeyOf(key),
            ContentType = contentType,
            ChecksumAlgorithm = _checksum,
            Metadata = { [S3Store.TokenName] = token },
            ServerSideEncryptionMethod = store.Encryption?.Method,
            ServerSideEncryptionKeyManagementServiceKeyId = store.Encryption?.KeyArn,
        };
        store.CountWrite();
        var started = await S3Error.TranslateAsync(
            _uri, "s3:PutObject", () => store.Client.InitiateMultipartUploadAsync(request, _stop.Token), _stop.Token);
        return started.UploadId;
    }

    // Computed here because the SDK works byte by byte, at 2 ns per byte.
    private static string Crc32Of(ReadOnlySpan<byte> part)
    {
        Span<byte> bigEndian = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bigEndian, Crc32.HashToUInt32(part));
        return Convert.ToBase64String(bigEndian);
    }

    private async Task<UploadPartResponse> SendPartAsync(int number, byte[] part, int count)
    {
        try
        {
            using var body = new MemoryStream(part, 0, count, writable: false);
            var request = new UploadPartRequest
            {
                BucketName = store.Bucket,
                Key = store.FullKeyOf(key),
                UploadId = await _uploadId!,
                PartNumber = number,
                PartSize = count,
                InputStream = body,
                ChecksumAlgorithm = _checksum,
                ChecksumCRC32 = _checksum is null ? null : Crc32Of(part.AsSpan(0, count)),
            };
            store.CountWrite();
            var sent = await S3Error.TranslateAsync(
                _uri, "s3:PutObject", () => store.Client.UploadPartAsync(request, _stop.Token), _stop.Token);
            // Return the buffer only after success: after a failure the SDK may still read it.
            if (part.Length > 0)
            {
                LargeBuffers.Return(part);
            }

            return sent;
        }
        catch (Exception e) when (_sendFailure.Keep(e))
        {
            throw;
        }
        finally
        {
            _free.Release();
        }
    }
}
