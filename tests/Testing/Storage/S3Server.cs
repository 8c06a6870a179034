using Amazon.S3;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// moto as an S3 server: the first test that asks for it starts it for all tests. Without moto such tests are skipped,
/// or fail if CLOUDTRAIL_REQUIRE_ALL=1.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private readonly Lazy<Task<MotoProcess>> _moto = new(() => MotoProcess.StartAsync());

    /// <summary>Its address; valid once <see cref="ClientAsync"/> has answered.</summary>
    public string EndpointUrl { get; private set; } = "";

    /// <summary>A client of it. Skips the test if there is no moto.</summary>
    public async Task<IAmazonS3> ClientAsync()
    {
        MotoProcess.Needs();
        EndpointUrl = (await _moto.Value).EndpointUrl;
        return Client(EndpointUrl);
    }

    /// <summary>A client of any S3-compatible server, as the command line makes it.</summary>
    public static IAmazonS3 Client(string endpointUrl)
    {
        TestCredentials.SetHere();
        return S3Client.Create(new S3Endpoint(EndpointUrl: endpointUrl, PathStyle: true));
    }

    /// <summary>The name of a new and empty bucket. Skips the test if there is no moto.</summary>
    public async Task<string> NewBucketAsync()
    {
        string bucket = $"test-{Guid.NewGuid():n}";
        using var client = await ClientAsync();
        await client.PutBucketAsync(bucket, TestContext.Current.CancellationToken);
        return bucket;
    }

    public async ValueTask DisposeAsync()
    {
        if (_moto.IsValueCreated)
        {
            await (await _moto.Value).DisposeAsync();
        }
    }
}
