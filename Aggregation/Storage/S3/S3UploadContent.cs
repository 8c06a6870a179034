using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.ExceptionServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Gathers what is written into parts and sends them in the background. The multipart upload starts with the first part
/// that is full. It holds one part that is being filled and <see cref="S3Store.ParallelParts"/> that are being sent.
/// </summary>
internal sealed class S3UploadContent(S3Store store, string key, string contentType, string token, CancellationToken cancellation) : StagedContent
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
    private const int MaxParts = 10_000;

    private readonly string _uri = store.UriOf(key);
    private readonly SemaphoreSlim _free = new(store.ParallelParts);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<UploadPartResponse>> _parts = [];
    private Task<string>? _uploadId;
    private byte[]? _part;
    private int _filled;
    private volatile ExceptionDispatchInfo? _partFailure;

    // Each part's CRC-32 is checked on arrival.
    private readonly ChecksumAlgorithm? _checksum = store.HasChecksums ? ChecksumAlgorithm.CRC32 : null;

    protected override void Append(ReadOnlySpan<byte> buffer)
    {
        _partFailure?.Throw();
        while (buffer.Length > 0)
        {
            int size = S3Store.PartSizeBytes(_parts.Count + 1);
            _part ??= LargeBuffers.Rent(size);
            int count = Math.Min(buffer.Length, size - _filled);
            buffer[..count].CopyTo(_part.AsSpan(_filled));
            buffer = buffer[count..];
            if ((_filled += count) < size)
            {
                continue;
            }

            _free.Wait(cancellation);
            _partFailure?.Throw();
            SendPart();
        }
    }

    /// <summary>Sends the last part, which is the only one and empty in an empty object, and waits for all of them.</summary>
    public async Task<(string UploadId, UploadPartResponse[] Parts)> FinishAsync(CancellationToken ending)
    {
        if (_filled > 0 || _parts.Count == 0)
        {
            await _free.WaitAsync(ending);
            _partFailure?.Throw();
            SendPart();
        }
        var parts = await Task.WhenAll(_parts).WaitAsync(ending);
        return (await _uploadId!, parts);
    }

    /// <summary>Waits for the parts on their way, so that none arrives after the abort, and aborts the upload. Throws nothing.</summary>
    public async Task AbortAsync(TimeSpan patience)
    {
        _stop.CancelAfter(patience);
        await Task.WhenAll(_parts.AsEnumerable<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (_uploadId is null)
            {
                return;
            }

            using var timeout = new CancellationTokenSource(patience);
            await store.Client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = store.Bucket, Key = store.FullKeyOf(key), UploadId = await _uploadId }, timeout.Token);
        }
        catch (Exception)
        {
            // It never started, is gone already, or cannot be reached: what made the run abort is the cause to report.
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
            throw new AggregationException($"{_uri}: it is larger than 293 GiB, the most that fits into {MaxParts} parts. Set ROWS_PER_FILE.");
        }

        _uploadId ??= StartAsync();
        _parts.Add(SendPartAsync(_parts.Count + 1, _part ?? [], _filled));
        (_part, _filled) = (null, 0);
    }

    private async Task<string> StartAsync()
    {
        // The encryption belongs to the upload: S3 refuses its headers with a part.
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
        var started = await S3Error.TranslateAsync(_uri, "s3:PutObject", () => store.Client.InitiateMultipartUploadAsync(request, _stop.Token), _stop.Token);
        return started.UploadId;
    }

    // The SDK's own goes byte by byte, 2 ns for each.
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
            var sent = await S3Error.TranslateAsync(_uri, "s3:PutObject", () => store.Client.UploadPartAsync(request, _stop.Token), _stop.Token);
            // Only a part that arrived is surely read by nobody any more.
            if (part.Length > 0)
            {
                LargeBuffers.Return(part);
            }

            return sent;
        }
        catch (Exception e)
        {
            _partFailure ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _free.Release();
        }
    }
}
