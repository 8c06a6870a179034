using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Source;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>Fetches the first objects of a <see cref="MadeUpTrail"/> from an <see cref="ObjectServer"/>.</summary>
/// <param name="endpointUrl">The server's address.</param>
/// <param name="trail">The server's objects.</param>
/// <param name="count">How many to fetch.</param>
internal sealed class Fetching(string endpointUrl, MadeUpTrail trail, int count)
{
    /// <summary>The requests that the SDK alone has in flight: as many as the product has.</summary>
    private const int SdkInFlight = Prefetch.MaxInFlight;

    private const int BlockBytes = 512 << 10;

    private static readonly BasicAWSCredentials Credentials = new("made-up", "made-up");

    private readonly S3Endpoint _endpoint = new(EndpointUrl: endpointUrl, PathStyle: true);

    /// <summary>As the product does: from the requests, ahead of the reader and in order, to unpacked bytes.</summary>
    /// <returns>The unpacked bytes of these objects.</returns>
    public async Task<long> UnpackAsync()
    {
        using var client = S3Client.Create(_endpoint, Credentials);
        var store = new S3Store(client, ObjectServer.SourceBucket, "");
        await using var prefetch = new Prefetch(store, count, trail.ObjectAt, CancellationToken.None);
        byte[] block = new byte[BlockBytes];
        long bytes = 0;
        for (int place = 0; place < count; place++)
        {
            await using var text = new SourceText(await prefetch.OpenAsync(place), store.UriOf(trail.KeyAt(place)));
            while (true)
            {
                if (!text.TryRead(block, out int read))
                {
                    await text.RefillAsync(CancellationToken.None);
                }
                else if (read == 0)
                {
                    break;
                }

                bytes += read;
            }
        }

        return bytes;
    }

    /// <summary>
    /// With the SDK's GetObject alone: each body is read into a buffer, in no order, and not unpacked.
    /// </summary>
    /// <returns>The stored bytes of these objects.</returns>
    public async Task<long> GetAsync()
    {
        using var client = new AmazonS3Client(Credentials, S3Client.ConfigOf(_endpoint));
        int next = -1;
        long[] bytes = await Task.WhenAll(Enumerable.Range(0, SdkInFlight).Select(_ => GetOneAfterTheOtherAsync()));
        return bytes.Sum();

        async Task<long> GetOneAfterTheOtherAsync()
        {
            byte[] buffer = new byte[MadeUpTrail.MaxBytes];
            long sum = 0;
            for (int place; (place = Interlocked.Increment(ref next)) < count;)
            {
                var request = new GetObjectRequest { BucketName = ObjectServer.SourceBucket, Key = trail.KeyAt(place) };
                using var response = await client.GetObjectAsync(request);
                sum += await response.ResponseStream.ReadAtLeastAsync(
                    buffer, (int)response.ContentLength, throwOnEndOfStream: true);
            }

            return sum;
        }
    }
}
