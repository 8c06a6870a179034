using CloudTrailAggregation.Storage;
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
