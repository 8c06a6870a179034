using Amazon.S3;
using Amazon.S3.Model;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>The contract, on moto.</summary>
public sealed class S3StoreTests(S3Server server) : StagedObjectContract
{
    private IAmazonS3 _client = null!;
    private string _bucket = "";

    protected override async Task<IObjectStore> NewStoreAsync() => await NewStoreAsync("logs/");

    protected override async Task<string[]> LeftoversAsync()
    {
        var open = await _client.ListMultipartUploadsAsync(_bucket, Cancellation);
        return [.. (open.MultipartUploads ?? []).Select(upload => upload.Key)];
    }

    [Fact]
    public async Task A_listing_goes_on_over_all_pages()
    {
        var store = await NewStoreAsync("p/", listPageSize: 300);
        string[] keys = [.. Enumerable.Range(0, 1_001).Select(i => $"2024/{i:d6}")];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(keys, parallel, async (key, cancellation) => await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = _bucket, Key = "p/" + key, ContentBody = "" }, cancellation));

        var listed = await store.ListedAsync("2024/");

        var inDefaultPages = await new S3Store(_client, _bucket, "p/").ListedAsync("2024/");

        Assert.Equal(keys, listed.Select(found => found.Key));
        Assert.Equal(listed, inDefaultPages);
    }

    [Fact]
    public async Task A_listing_of_folders_goes_on_over_all_pages()
    {
        var store = await NewStoreAsync("p/", listPageSize: 3);
        string[] folders = [.. Enumerable.Range(1, 10).Select(i => $"2024/{i:d2}/")];
        foreach (string folder in folders)
        {
            await store.PutAsync(folder + "a", "x"u8.ToArray());
            await store.PutAsync(folder + "b", "x"u8.ToArray());
        }

        var listed = await store.FoldersAsync("2024/");

        Assert.Equal(folders, listed);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a/", "")]
    [InlineData("a/b/", "a/")]
    [InlineData("a//b/", "a//")]
    [InlineData("part-of-", "")]
    public async Task The_store_above_has_the_prefix_one_folder_up(string prefix, string? above)
    {
        var store = await NewStoreAsync(prefix);

        Assert.Equal(above is null ? null : $"s3://{_bucket}/{above}k", store.Above?.UriOf("k"));
    }

    [Fact]
    public void A_prefix_that_the_SDK_would_cut_is_refused()
    {
        using var client = S3Server.Client("http://127.0.0.1:1");

        var error = Assert.Throws<AggregationException>(() => new S3Store(client, "bucket", "/logs/"));

        Assert.StartsWith("s3://bucket//logs/: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "k", "k")]
    [InlineData("a/", "k", "a/k")]
    [InlineData("a b+c/", "k", "a b+c/k")]
    [InlineData("a//b/", "k", "a//b/k")]
    [InlineData("a/../b/./", "k", "a/../b/./k")]
    [InlineData("./", "k", "./k")]
    [InlineData("part-of-", "a/name", "part-of-a/name")]
    public async Task The_prefix_stands_before_every_key_as_it_is(string prefix, string key, string full)
    {
        var store = await NewStoreAsync(prefix);
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "elsewhere" }, Cancellation);

        var put = await store.PutAsync(key, "x"u8.ToArray());
        var inBucket = await _client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = _bucket, Prefix = full }, Cancellation);

        Assert.Equal(full, Assert.Single(inBucket.S3Objects).Key);
        Assert.Equal($"s3://{_bucket}/{full}", store.UriOf(key));
        Assert.Equal("x"u8.ToArray(), await store.BytesAsync(put));
    }

    [Fact]
    public async Task A_completed_object_has_its_media_type()
    {
        var store = await NewStoreAsync("");
        await using var staged = store.Stage("k", "application/vnd.apache.parquet", Cancellation);
        await staged.CompleteAsync(null, Cancellation);

        var head = await _client.GetObjectMetadataAsync(_bucket, "k", Cancellation);

        Assert.Equal("application/vnd.apache.parquet", head.Headers.ContentType);
    }

    [Fact]
    public async Task A_completed_object_is_encrypted_as_asked_for()
    {
        const string KeyArn = "arn:aws:kms:us-east-1:123456789012:key/0123-4567";
        await NewStoreAsync("");
        _ = S3UploadEncryption.TryParse("aws:kms:" + KeyArn, out var encryption);
        var store = new S3Store(_client, _bucket, "") { Encryption = encryption };

        await using var staged = store.Stage("k", "text/plain", Cancellation);
        await staged.CompleteAsync(null, Cancellation);
        var head = await _client.GetObjectMetadataAsync(_bucket, "k", Cancellation);

        Assert.Equal(
            (ServerSideEncryptionMethod.AWSKMS, KeyArn),
            (head.ServerSideEncryptionMethod, head.ServerSideEncryptionKeyManagementServiceKeyId));
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_named()
    {
        using var client = await server.ClientAsync();
        var store = new S3Store(client, "no-such-bucket", "p/");

        var listed = await Assert.ThrowsAsync<AggregationException>(() => store.ListedAsync("2024/"));
        var read = await Assert.ThrowsAsync<AggregationException>(
            () => store.OpenAsync(new StoredObject("k", 1, "\"e\""), Cancellation));
        await using var staged = store.Stage("k", "text/plain", Cancellation);
        var written = await Assert.ThrowsAsync<AggregationException>(() => staged.CompleteAsync(null, Cancellation));

        Assert.StartsWith(
            "s3://no-such-bucket/p/2024/: there is no such bucket", listed.Message, StringComparison.Ordinal);
        Assert.StartsWith("s3://no-such-bucket/p/k: there is no such bucket", read.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "s3://no-such-bucket/p/k: there is no such bucket", written.Message, StringComparison.Ordinal);
    }

    private async Task<S3Store> NewStoreAsync(string prefix, int listPageSize = 1_000)
    {
        _client = await server.ClientAsync();
        _bucket = await server.NewBucketAsync();
        return new S3Store(_client, _bucket, prefix) { ListPageSize = listPageSize };
    }
}
