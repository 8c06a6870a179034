using Amazon.S3;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>The stores of a test's month. Every test that can run over each kind of store does.</summary>
public abstract class MonthStores : IAsyncDisposable
{
    /// <summary>A store that is empty and that no other test uses.</summary>
    public abstract Task<IObjectStore> NewAsync();

    /// <summary>A part of a store made here: its keys below a prefix that is empty or ends in '/'.</summary>
    public virtual IObjectStore Below(IObjectStore store, string prefix) => new DirectoryStore(store.UriOf(prefix));

    /// <summary>What the stores made here contain beside objects: temporary files, open uploads.</summary>
    public abstract Task<string[]> LeftoversAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Directories.</summary>
public sealed class DirectoryMonthStores : MonthStores
{
    private static readonly EnumerationOptions All =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("months");
    private int _stores;

    public override Task<IObjectStore> NewAsync() =>
        Task.FromResult<IObjectStore>(new DirectoryStore(Path.Combine(_directory.FullName, $"store-{_stores++}")));

    public override Task<string[]> LeftoversAsync() =>
        Task.FromResult<string[]>([.. _directory.EnumerateFileSystemInfos(".*", All).Select(entry => entry.FullName)]);

    public override ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Prefixes of a bucket that no other test uses.</summary>
public sealed class S3MonthStores(S3Server server) : MonthStores
{
    private IAmazonS3? _client;
    private string _bucket = "";
    private int _stores;

    public override async Task<IObjectStore> NewAsync()
    {
        if (_client is null)
        {
            _client = await server.ClientAsync();
            _bucket = await server.NewBucketAsync();
        }
        return new S3Store(_client, _bucket, $"logs/store {_stores++}/");
    }

    public override IObjectStore Below(IObjectStore store, string prefix) =>
        new S3Store(_client!, _bucket, store.UriOf(prefix)[$"s3://{_bucket}/".Length..]);

    public override async Task<string[]> LeftoversAsync()
    {
        var open = await _client!.ListMultipartUploadsAsync(_bucket, TestContext.Current.CancellationToken);
        return [.. (open.MultipartUploads ?? []).Select(upload => upload.Key)];
    }

    public override ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }
}
