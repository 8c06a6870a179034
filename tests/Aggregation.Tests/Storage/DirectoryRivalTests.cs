using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>Two runs in one directory: neither deletes the other's temporary files as those of a killed run.</summary>
public sealed class DirectoryRivalTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rivals");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Root => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_temporary_file_is_locked_until_its_run_has_its_turn()
    {
        var store = new DirectoryStore(Root);
        await using var slow = Staged(store, "k", "slow");

        using (TurnOf("k"))
        {
            await Assert.ThrowsAsync<CommitLostException>(() => slow.CompleteAsync(null, Cancellation));
            await new DirectoryStore(Root).PutAsync("other", "fast"u8.ToArray());
        }

        Assert.Single(Partials());
        await slow.CompleteAsync(null, Cancellation);
        Assert.Equal("slow"u8.ToArray(), await store.BytesAsync(await store.FindAsync("k")));
    }

    [Fact]
    public async Task A_temporary_file_that_its_run_is_about_to_rename_is_not_removed()
    {
        string unlocked = Path.Combine(Root, $".k.{new string('a', 32)}.partial");
        await File.WriteAllTextAsync(unlocked, "about to be renamed", Cancellation);
        var store = new DirectoryStore(Root);
        bool staysInItsTurn;

        using (TurnOf("k"))
        {
            await store.PutAsync("other", "fast"u8.ToArray());
            staysInItsTurn = File.Exists(unlocked);
        }

        await store.PutAsync("another", "later"u8.ToArray());

        Assert.True(staysInItsTurn);
        Assert.False(File.Exists(unlocked));
        Assert.Equal(
            ["another", "other"], _directory.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_file_that_is_to_be_replaced_is_looked_at_only_once_the_run_has_its_turn()
    {
        var store = new DirectoryStore(Root);
        var standing = await store.PutAsync("k", "old"u8.ToArray());
        await using var slow = Staged(store, "k", "slow");
        CommitLostException withoutTurn;

        using (TurnOf("k"))
        {
            await File.WriteAllTextAsync(Path.Combine(Root, "k"), "the other run's", Cancellation);
            withoutTurn = await Assert.ThrowsAsync<CommitLostException>(
                () => slow.CompleteAsync(standing, Cancellation));
        }

        var inTurn = await Assert.ThrowsAsync<CommitLostException>(() => slow.CompleteAsync(standing, Cancellation));
        Assert.Contains("it is completing the file at this moment", withoutTurn.Message, StringComparison.Ordinal);
        Assert.Contains("has changed in the meantime", inTurn.Message, StringComparison.Ordinal);
        Assert.Equal("the other run's"u8.ToArray(), await store.BytesAsync(await store.FindAsync("k")));
    }

    [Fact]
    public async Task Every_file_is_completed_however_often_another_run_cleans_up()
    {
        using var done = new CancellationTokenSource();
        var cleaning = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    AbandonedFiles.RemoveBeside(Path.Combine(Root, "cleaner"));
                }
            },
            Cancellation);
        var store = new DirectoryStore(Root);
        int files = TestRun.Rounds(1_000);

        for (int number = 0; number < files; number++)
        {
            await store.PutAsync($"{number:D6}", "x"u8.ToArray());
        }

        await done.CancelAsync();
        await cleaning;
        Assert.Equal(files, (await store.ListedAsync("")).Count);
        Assert.Empty(Partials());
    }

    [Fact]
    public async Task A_file_is_staged_however_often_another_run_removes_the_empty_directory()
    {
        int rounds = TestRun.Rounds(500);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                for (int round = 0; round < rounds; round++)
                {
                    await new DirectoryStore(Root).Stage("2024/02/k", "", Cancellation).DisposeAsync();
                }
            },
            Cancellation)));

        Assert.Empty(Partials());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_replaces_a_file_of_equal_size_and_time_has_another_ETag(bool hasEqualTime)
    {
        var store = new DirectoryStore(Root);
        var standing = await store.PutAsync("k", "old"u8.ToArray());
        await using var staged = Staged(store, "k", "new");
        await staged.FinishAsync(Cancellation);
        if (hasEqualTime)
        {
            File.SetLastWriteTimeUtc(Assert.Single(Partials()), File.GetLastWriteTimeUtc(Path.Combine(Root, "k")));
        }

        await staged.CompleteAsync(standing, Cancellation);

        var found = await store.FindAsync("k");
        Assert.Equal(standing.Size, found.Size);
        Assert.NotEqual(standing.ETag, found.ETag);
    }

    [Fact]
    public async Task A_file_that_is_overwritten_with_the_same_size_while_it_is_read_fails()
    {
        var store = new DirectoryStore(Root);
        var source = await store.PutAsync("k", new byte[100]);
        await using var stream = await store.OpenAsync(source, Cancellation);
        await stream.ReadExactlyAsync(new byte[50], Cancellation);

        await using (var file = new FileStream(
            Path.Combine(Root, "k"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(new byte[100]);
            file.Flush();
            File.SetLastWriteTimeUtc(file.SafeFileHandle, File.GetLastWriteTimeUtc(file.SafeFileHandle).AddSeconds(1));
        }

        var error = await Assert.ThrowsAsync<ObjectChangedException>(
            () => stream.CopyToAsync(Stream.Null, Cancellation));
        Assert.StartsWith(store.UriOf("k") + ": it has changed", error.Message, StringComparison.Ordinal);
    }

    private static IStagedObject Staged(DirectoryStore store, string key, string text)
    {
        var staged = store.Stage(key, "application/octet-stream", Cancellation);
        staged.Content.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return staged;
    }

    /// <summary>The lock that another run holds while it completes a file.</summary>
    private FileStream TurnOf(string key) =>
        new(
            Path.Combine(Root, $".{key}.lock"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
            FileOptions.DeleteOnClose);

    private string[] Partials() => Directory.GetFiles(
        Root, ".*.partial",
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
}
