using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>What a staged object of every store must do: become visible as a whole, or leave no trace.</summary>
public abstract class StagedObjectContract : StoreContract
{
    [Fact]
    public async Task A_staged_object_is_not_seen_before_it_is_completed()
    {
        var store = await NewStoreAsync();
        await using var staged = store.Stage("2024/02/000000.parquet", "application/octet-stream", Cancellation);
        staged.Content.Write(Bytes(9 << 20)); // More than one upload part.

        var before = await store.ListedAsync("");
        await staged.CompleteAsync(null, Cancellation);

        Assert.Empty(before);
        Assert.Equal(9 << 20, Assert.Single(await store.ListedAsync("")).Size);
        Assert.Empty(await LeftoversAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(9 << 20)]
    public async Task An_aborted_object_leaves_nothing(int size)
    {
        var store = await NewStoreAsync();

        await using (var staged = store.Stage("2024/02/000000.parquet", "application/octet-stream", Cancellation))
        {
            staged.Content.Write(Bytes(size));
        }

        Assert.Empty(await store.ListedAsync(""));
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task Two_aborted_objects_leave_nothing_whichever_goes_first()
    {
        var store = await NewStoreAsync();
        var one = store.Stage("2024/02/000000.parquet", "application/octet-stream", Cancellation);
        var two = store.Stage("2024/02/000001.parquet", "application/octet-stream", Cancellation);

        await one.DisposeAsync();
        await two.DisposeAsync();
        await two.DisposeAsync();

        Assert.Empty(await LeftoversAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8 << 20)]
    [InlineData((8 << 20) + 1)]
    [InlineData((21 << 20) + 3)]
    public async Task Content_of_any_size_arrives_as_it_was_written(int size)
    {
        var store = await NewStoreAsync();
        byte[] bytes = Bytes(size);

        await using var staged = store.Stage("k", "application/octet-stream", Cancellation);
        foreach (byte[] block in bytes.Chunk(1_000_003))
        {
            staged.Content.Write(block, 0, block.Length);
        }

        long position = staged.Content.Position;
        await staged.CompleteAsync(null, Cancellation);

        var found = await store.FindAsync("k");
        Assert.Equal(size, found.Size);
        Assert.Equal(size, position);
        byte[] arrived = await store.BytesAsync(found);
        Assert.True(bytes.AsSpan().SequenceEqual(arrived));
    }

    [Fact]
    public async Task Disposing_the_content_neither_completes_nor_aborts()
    {
        var store = await NewStoreAsync();
        await using var staged = store.Stage("k", "application/octet-stream", Cancellation);

        using (staged.Content)
        {
            staged.Content.Write("ab"u8);
        }

        staged.Content.Write("c"u8);
        var before = await store.ListedAsync("");
        await staged.CompleteAsync(null, Cancellation);

        Assert.Empty(before);
        Assert.Equal("abc"u8.ToArray(), await store.BytesAsync(await store.FindAsync("k")));
        Assert.Throws<ObjectDisposedException>(() => staged.Content.Write("d"u8));
    }

    [Fact]
    public async Task The_object_that_was_seen_is_replaced()
    {
        var store = await NewStoreAsync();
        var seen = await store.PutAsync("k", "old"u8.ToArray());

        await using var staged = store.Stage("k", "application/octet-stream", Cancellation);
        staged.Content.Write("newer"u8);
        var before = await store.FindAsync("k");
        await staged.CompleteAsync(seen, Cancellation);

        Assert.Equal(seen, before);
        Assert.Equal("newer"u8.ToArray(), await store.BytesAsync(await store.FindAsync("k")));
        Assert.Equal(["k"], (await store.ListedAsync("")).Select(found => found.Key));
    }

    [Fact]
    public async Task Completing_over_an_object_that_was_not_there_before_is_lost()
    {
        var store = await NewStoreAsync();
        await using var slow = Staged(store, "slow");
        var fast = await store.PutAsync("k", "fast"u8.ToArray());

        await AssertLostAsync(store, slow, replaced: null, stays: fast);
    }

    [Fact]
    public async Task Completing_over_an_object_that_was_replaced_since_is_lost()
    {
        var store = await NewStoreAsync();
        var seen = await store.PutAsync("k", "old"u8.ToArray());
        await using var slow = Staged(store, "slow");
        var fast = await store.PutAsync("k", "fast!"u8.ToArray(), replaced: seen);

        await AssertLostAsync(store, slow, seen, stays: fast);
    }

    [Fact]
    public async Task Completing_over_an_object_that_was_deleted_since_is_lost()
    {
        var store = await NewStoreAsync();
        var seen = await store.PutAsync("k", "old"u8.ToArray());
        await using var slow = Staged(store, "slow");
        await store.DeleteAsync("k", Cancellation);

        await AssertLostAsync(store, slow, seen, stays: null);
    }

    [Fact]
    public async Task A_cancelled_completion_changes_nothing()
    {
        var store = await NewStoreAsync();

        await using (var staged = Staged(store, "x"))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => staged.CompleteAsync(null, new CancellationToken(canceled: true)));
        }

        Assert.Empty(await store.ListedAsync(""));
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task What_was_completed_can_be_taken_back()
    {
        var store = await NewStoreAsync();
        await using var staged = Staged(store, "x");
        await staged.CompleteAsync(null, Cancellation);

        await staged.TakeBackAsync(Cancellation);
        await staged.TakeBackAsync(Cancellation);

        Assert.Empty(await store.ListedAsync(""));
    }

    [Fact]
    public async Task Taking_back_leaves_the_object_that_has_replaced_it_even_with_the_same_content()
    {
        var store = await NewStoreAsync();
        await using var staged = Staged(store, "same");
        await staged.CompleteAsync(null, Cancellation);
        var another = await store.PutAsync("k", "same"u8.ToArray(), replaced: await store.FindAsync("k"));

        await staged.TakeBackAsync(Cancellation);

        Assert.Equal([another], await store.ListedAsync(""));
        Assert.Empty(await LeftoversAsync());
    }

    private static IStagedObject Staged(IObjectStore store, string text)
    {
        var staged = store.Stage("k", "application/octet-stream", Cancellation);
        staged.Content.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return staged;
    }

    private async Task AssertLostAsync(
        IObjectStore store, IStagedObject slow, StoredObject? replaced, StoredObject? stays)
    {
        var error = await Assert.ThrowsAsync<CommitLostException>(() => slow.CompleteAsync(replaced, Cancellation));
        await slow.DisposeAsync();

        Assert.StartsWith(store.UriOf("k") + ": another run was faster", error.Message, StringComparison.Ordinal);
        Assert.Equal(stays is { } there ? [there] : [], await store.ListedAsync(""));
        Assert.Empty(await LeftoversAsync());
    }
}
