using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Local;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>Two buckets on moto: a source and a destination.</summary>
internal sealed record SourceBucket(IAmazonS3 Client, string Endpoint, string Source, string Destination) : IDisposable
{
    public const string SourcePrefix = "cloudtrail_daily/";
    public const string DestinationPrefix = "cloudtrail_monthly/";

    /// <summary>The settings of a function that uses them.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("SRC_BUCKET", Source), ("SRC_PREFIX", SourcePrefix), ("DST_BUCKET", Destination),
        ("DST_PREFIX", DestinationPrefix), ("AWS_ENDPOINT_URL_S3", Endpoint),
    ];

    public static async Task<SourceBucket> NewAsync(S3Server server)
    {
        string source = await server.NewBucketAsync();
        return new SourceBucket(await server.ClientAsync(), server.EndpointUrl, source, await server.NewBucketAsync());
    }

    /// <summary>Puts the repository's sample month, 2024-02.</summary>
    public Task PutSampleMonthAsync() => PutAsync(Path.Combine(Repository.Root, "tests/data", SourcePrefix));

    /// <summary>Puts a few lines of a few months.</summary>
    public async Task PutAsync(Action<Months> write)
    {
        using var months = new Months();
        write(months);
        await PutAsync(months.Source);
    }

    public async Task<byte[]> ParquetAsync(string month)
    {
        using var answer = await Client.GetObjectAsync(
            Destination, $"{DestinationPrefix}{month}/000000.parquet", TestContext.Current.CancellationToken);
        var bytes = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>The keys at the destination, in order.</summary>
    public async Task<string[]> WrittenAsync()
    {
        var answer = await Client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = Destination }, TestContext.Current.CancellationToken);
        return [.. (answer.S3Objects ?? []).Select(found => found.Key)];
    }

    public void Dispose() => Client.Dispose();

    private async Task PutAsync(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string key = SourcePrefix + Path.GetRelativePath(directory, path);
            await Client.PutObjectAsync(
                new PutObjectRequest { BucketName = Source, Key = key, FilePath = path },
                TestContext.Current.CancellationToken);
        }
    }
}
