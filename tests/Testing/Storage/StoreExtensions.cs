using Amazon.S3.Model;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>Whole objects in one call.</summary>
internal static class StoreExtensions
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StoredObject> PutAsync(
        this IObjectStore store, string key, byte[] bytes, StoredObject? replaced = null)
    {
        await using (var staged = store.Stage(key, "application/octet-stream", Cancellation))
        {
            staged.Content.Write(bytes);
            await staged.CompleteAsync(replaced, Cancellation);
        }
        return await store.FindAsync(key);
    }

    /// <summary>
    /// Puts an object or replaces it, in S3 with one request, because months have thousands of objects.
    /// </summary>
    public static async Task ReplaceAsync(this IObjectStore store, string key, byte[] bytes)
    {
        if (store is S3Store s3)
        {
            using var content = new MemoryStream(bytes);
            var request = new PutObjectRequest
            {
                BucketName = s3.Bucket,
                Key = s3.FullKeyOf(key),
                InputStream = content,
            };
            await s3.Client.PutObjectAsync(request, Cancellation);
            return;
        }

        await store.DeleteAsync(key, Cancellation);
        await store.PutAsync(key, bytes);
    }

    public static async Task<StoredObject> FindAsync(this IObjectStore store, string key) =>
        Assert.Single(await store.ListedAsync(key), found => found.Key == key);

    public static async Task<List<StoredObject>> ListedAsync(this IObjectStore store, string prefix) =>
        await store.ListAsync(prefix, Cancellation).ToListAsync(Cancellation);

    public static async Task<List<string>> FoldersAsync(this IObjectStore store, string prefix) =>
        await store.ListFoldersAsync(prefix, Cancellation).ToListAsync(Cancellation);

    public static async Task<byte[]> BytesAsync(this IObjectStore store, StoredObject source)
    {
        await using var stream = await store.OpenAsync(source, Cancellation);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray();
    }
}
