using System.Text;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>What every object store must do; each store has a subclass.</summary>
public abstract class StoreContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A store that is empty and that no other test uses.</summary>
    protected abstract Task<IObjectStore> NewStoreAsync();

    /// <summary>What the store contains beside objects: open uploads, hidden files, directories.</summary>
    protected abstract Task<string[]> LeftoversAsync();

    [Fact]
    public async Task Keys_are_listed_in_the_order_of_their_UTF8_bytes()
    {
        string[] keys =
        [
            "a-1", "a.txt", "a/b-1/c", "a/b.txt", "a/b/d", "a/b0/c", "b", "z", "ä", "\uff5e", "\U0001F600/x.txt",
            "\U0001F601",
        ];
        var store = await NewStoreAsync();
        foreach (string key in keys.Reverse())
        {
            await store.PutAsync(key, "x"u8.ToArray());
        }

        string[] listed = [.. (await store.ListedAsync("")).Select(found => found.Key)];

        Assert.Equal(
            keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task A_listing_holds_only_keys_with_the_prefix_and_their_sizes()
    {
        var store = await NewStoreAsync();
        string[] keys =
            ["2024/01/31/0", "2024/02/01/000000", "2024/02/01/100000", "2024/02/02/0", "2024/020", "2024/2/01/0"];
        foreach (string key in keys)
        {
            await store.PutAsync(key, "four"u8.ToArray());
        }

        var month = await store.ListedAsync("2024/02/");
        var some = await store.ListedAsync("2024/02/01/0");
        var none = await store.ListedAsync("2023/");

        Assert.Equal(["2024/02/01/000000", "2024/02/01/100000", "2024/02/02/0"], month.Select(found => found.Key));
        Assert.All(month, found => Assert.Equal(4, found.Size));
        Assert.Equal(["2024/02/01/000000"], some.Select(found => found.Key));
        Assert.Empty(none);
    }

    [Fact]
    public async Task Folders_are_listed_once_in_order_and_nothing_below_them()
    {
        var store = await NewStoreAsync();
        string[] keys =
        [
            "2023/12/31/a", "2024/01/31/a", "2024/01/31/b", "2024/02/01/a", "2024.txt", "AWSLogs/1/a", "\uff5e/a",
            "\U0001F600/a", "a b+c%20/d",
        ];
        foreach (string key in keys.Reverse())
        {
            await store.PutAsync(key, "x"u8.ToArray());
        }

        var top = await store.FoldersAsync("");
        var year = await store.FoldersAsync("2024/");
        var named = await store.FoldersAsync("2024/0");
        var halfName = await store.FoldersAsync("20");
        var files = await store.FoldersAsync("2024/01/31/");
        var none = await store.FoldersAsync("no/such/");

        Assert.Equal(["2023/", "2024/", "AWSLogs/", "a b+c%20/", "\uff5e/", "\U0001F600/"], top);
        Assert.Equal(["2024/01/", "2024/02/"], year);
        Assert.Equal(year, named);
        Assert.Equal(["2023/", "2024/"], halfName);
        Assert.Empty(files);
        Assert.Empty(none);
    }

    [Fact]
    public async Task An_ETag_stays_while_the_object_stays_and_changes_with_its_content()
    {
        var store = await NewStoreAsync();
        var first = await store.PutAsync("k", "one"u8.ToArray());
        await store.PutAsync("other", "two"u8.ToArray());

        var still = await store.FindAsync("k");
        var changed = await store.PutAsync("k", "three"u8.ToArray(), replaced: first);

        Assert.Equal(first, still);
        Assert.NotEqual(first.ETag, changed.ETag);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(1 << 20, false)]
    [InlineData(1 << 20, true)]
    public async Task An_object_is_read_in_reads_of_any_size(int readSize, bool synchronous)
    {
        var store = await NewStoreAsync();
        byte[] bytes = Bytes(10_000);
        var source = await store.PutAsync("k", bytes);

        await using var stream = await store.OpenAsync(source, Cancellation);
        var read = new MemoryStream();
        byte[] buffer = new byte[readSize];
        for (int n; (n = synchronous ? stream.Read(buffer) : await stream.ReadAsync(buffer, Cancellation)) > 0;)
        {
            read.Write(buffer, 0, n);
        }

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal(0, await stream.ReadAsync(buffer, Cancellation));
    }

    [Fact]
    public async Task An_object_that_was_changed_since_it_was_listed_does_not_open()
    {
        var store = await NewStoreAsync();
        var listed = await store.PutAsync("2024/k", "one"u8.ToArray());
        await store.PutAsync("2024/k", "three"u8.ToArray(), replaced: listed);

        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => store.OpenAsync(listed, Cancellation));
        var range = await Assert.ThrowsAsync<ObjectChangedException>(
            () => store.ReadRangeAsync(listed, 0, new byte[1], Cancellation));

        Assert.StartsWith(store.UriOf("2024/k") + ": it has changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, range.Message);
    }

    [Fact]
    public async Task An_object_that_is_gone_does_not_open()
    {
        var store = await NewStoreAsync();
        var listed = await store.PutAsync("2024/k", "one"u8.ToArray());
        await store.DeleteAsync("2024/k", Cancellation);

        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => store.OpenAsync(listed, Cancellation));

        Assert.StartsWith(store.UriOf("2024/k") + ": it is gone", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(17, 4000)]
    [InlineData(9_992, 8)]
    [InlineData(0, 10_000)]
    public async Task A_range_is_read(int offset, int length)
    {
        var store = await NewStoreAsync();
        byte[] bytes = Bytes(10_000), range = new byte[length];
        var source = await store.PutAsync("k", bytes);

        await store.ReadRangeAsync(source, offset, range, Cancellation);

        Assert.Equal(bytes[offset..(offset + length)], range);
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_refused()
    {
        var store = await NewStoreAsync();
        var source = await store.PutAsync("k", Bytes(10));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.ReadRangeAsync(source, 5, new byte[6], Cancellation));
    }

    [Fact]
    public async Task A_deleted_object_is_gone_and_deleting_what_is_not_there_is_no_error()
    {
        var store = await NewStoreAsync();
        await store.PutAsync("2024/02/k", "x"u8.ToArray());

        await store.DeleteAsync("2024/02/k", Cancellation);
        await store.DeleteAsync("2024/02/k", Cancellation);
        await store.DeleteAsync("no/such/k", Cancellation);

        Assert.Empty(await store.ListedAsync(""));
    }

    [Theory]
    [InlineData("a b+c%20d&e=f;g,h'i\"j!k(l)m*n~o@p$q:r[s]t{u}v|w\\x^y`z<0>")]
    [InlineData("what?is=this#really")]
    [InlineData("%")]
    [InlineData("ünï/çødé/日本語/\U0001F600")]
    [InlineData(" lead and trail ")]
    [InlineData("e\u0301")] // Not normalized to one character.
    public async Task A_key_with_odd_characters_is_kept_as_it_is(string key)
    {
        var store = await NewStoreAsync();
        byte[] bytes = Bytes(100), range = new byte[10];

        var source = await store.PutAsync(key, bytes);
        await store.ReadRangeAsync(source, 50, range, Cancellation);

        Assert.Equal(key, Assert.Single(await store.ListedAsync(key)).Key);
        Assert.Equal(bytes, await store.BytesAsync(source));
        Assert.Equal(bytes[50..60], range);
        await store.DeleteAsync(key, Cancellation);
        Assert.Empty(await store.ListedAsync(""));
    }

    protected static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
