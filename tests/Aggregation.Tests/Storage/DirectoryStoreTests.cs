using System.Diagnostics;
using System.Runtime.Versioning;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

public sealed class DirectoryStoreTests : StagedObjectContract, IDisposable
{
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("store");
    private readonly DirectoryStore _store;

    public DirectoryStoreTests() => _store = new DirectoryStore(Root);

    private string Root => Path.Combine(_outside.FullName, "root");

    public void Dispose() => _outside.Delete(recursive: true);

    protected override Task<IObjectStore> NewStoreAsync() => Task.FromResult<IObjectStore>(_store);

    // Hidden files, and directories below the root without a file.
    protected override Task<string[]> LeftoversAsync() => Task.FromResult<string[]>(
    [
        .. _outside.EnumerateFileSystemInfos(
            "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(entry => entry.FullName != Root && (entry.Name[0] == '.' || IsEmptyDirectory(entry)))
            .Select(entry => entry.FullName),
    ]);

    [Fact]
    public async Task A_directory_that_does_not_exist_holds_nothing_and_an_abort_removes_it_again()
    {
        var before = await _store.ListedAsync("2024/02/");
        await _store.Stage("2024/02/k", "", Cancellation).DisposeAsync();

        Assert.Empty(before);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task An_abort_keeps_directories_it_did_not_create_and_those_in_use()
    {
        Directory.CreateDirectory(Path.Combine(Root, "2024"));
        var first = _store.Stage("2024/02/a", "", Cancellation);
        await _store.PutAsync("2024/02/b", "b"u8.ToArray());
        var second = _store.Stage("2024/03/a", "", Cancellation);

        await first.DisposeAsync();
        await second.DisposeAsync();

        Assert.Equal(["2024/02/b"], (await _store.ListedAsync("")).Select(found => found.Key));
        Assert.False(Directory.Exists(Path.Combine(Root, "2024/03")));
        Assert.True(Directory.Exists(Path.Combine(Root, "2024")));
    }

    [Fact]
    public async Task Hidden_names_are_not_listed()
    {
        await using var staged = _store.Stage("2024/k", "", Cancellation);
        Write(".hidden", "x");
        Write(".git/objects/0", "x");

        Assert.Empty(await _store.ListedAsync(""));
        Assert.StartsWith(
            ".k.", Assert.Single(Directory.GetFiles(Path.Combine(Root, "2024")).Select(Path.GetFileName)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../k")]
    [InlineData("a/../../k")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a/.b")]
    [InlineData("a\0b")]
    public async Task A_key_that_leads_out_of_the_root_or_to_a_hidden_file_is_refused(string key)
    {
        var error = Assert.Throws<AggregationException>(() => { _store.Stage(key, "", Cancellation); });

        Assert.Contains("cannot be a file", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AggregationException>(() => _store.DeleteAsync(key, Cancellation));
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task A_file_that_is_changed_while_it_is_read_fails()
    {
        var source = await _store.PutAsync("k", Bytes(100));
        await using var stream = await _store.OpenAsync(source, Cancellation);
        await stream.ReadExactlyAsync(new byte[50], Cancellation);

        await File.AppendAllTextAsync(Path.Combine(Root, "k"), "more", Cancellation);

        var error = await Assert.ThrowsAsync<ObjectChangedException>(
            () => stream.CopyToAsync(Stream.Null, Cancellation));
        Assert.StartsWith(_store.UriOf("k") + ": it has changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_cut_while_it_is_read_fails()
    {
        var source = await _store.PutAsync("k", Bytes(100));
        await using var stream = await _store.OpenAsync(source, Cancellation);
        await stream.ReadExactlyAsync(new byte[50], Cancellation);

        using (var file = new FileStream(Path.Combine(Root, "k"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(60);
        }

        await Assert.ThrowsAsync<ObjectChangedException>(() => stream.CopyToAsync(Stream.Null, Cancellation));
    }

    [Fact]
    public async Task Links_are_followed_but_never_in_a_circle()
    {
        Write("2024/02/a", "abc");
        File.WriteAllText(Path.Combine(_outside.FullName, "elsewhere"), "12345");
        Directory.CreateDirectory(Path.Combine(_outside.FullName, "archive/03"));
        File.WriteAllText(Path.Combine(_outside.FullName, "archive/03/c"), "c");
        File.CreateSymbolicLink(Path.Combine(Root, "2024/02/b"), Path.Combine(_outside.FullName, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "2024/03"), "../../archive/03");
        Directory.CreateSymbolicLink(Path.Combine(Root, "2024/02/up"), "../..");
        Directory.CreateSymbolicLink(Path.Combine(_outside.FullName, "archive/03/back"), Root);
        File.CreateSymbolicLink(Path.Combine(Root, "itself"), "itself");

        var listed = await _store.ListedAsync("2024/");

        Assert.Equal(
            [("2024/02/a", 3), ("2024/02/b", 5), ("2024/03/c", 1)], listed.Select(found => (found.Key, found.Size)));
        Assert.Equal("12345"u8.ToArray(), await _store.BytesAsync(listed[1]));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_an_error_only_when_it_is_read()
    {
        Directory.CreateDirectory(Root);
        File.CreateSymbolicLink(Path.Combine(Root, "k"), "nowhere");

        var listed = Assert.Single(await _store.ListedAsync(""));

        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => _store.OpenAsync(listed, Cancellation));
        Assert.Contains("it is gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_an_error_and_not_left_out()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "Only Linux has file names that are not Unicode.");
        Directory.CreateDirectory(Root);
        await ShellAsync("printf x > \"$0/$(printf '\\377')\"");

        var error = await Assert.ThrowsAsync<AggregationException>(() => _store.ListedAsync(""));
        await ShellAsync("rm \"$0\"/*"); // .NET cannot name the file.

        Assert.Contains("not valid UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task What_the_user_may_not_read_or_write_is_named()
    {
        TestRun.Needs(!OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (Environment.IsPrivilegedProcess)
        {
            await PassesAsNobodyAsync(nameof(What_the_user_may_not_read_or_write_is_named));
            return;
        }

        Write("2024/k", "x");
        string directory = Path.Combine(Root, "2024");
        var source = await _store.FindAsync("2024/k");
        File.SetUnixFileMode(Path.Combine(directory, "k"), UnixFileMode.None);
        var unreadable = await Assert.ThrowsAsync<AggregationException>(() => _store.OpenAsync(source, Cancellation));
        File.SetUnixFileMode(directory, UnixFileMode.None);

        var unlisted = await Assert.ThrowsAsync<AggregationException>(() => _store.ListedAsync("2024/"));
        var unwritten = Assert.Throws<AggregationException>(() => { _store.Stage("2024/new", "", Cancellation); });
        var undeleted = await Assert.ThrowsAsync<AggregationException>(
            () => _store.DeleteAsync("2024/k", Cancellation));
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.StartsWith(_store.UriOf("2024/k") + ": it cannot be read", unreadable.Message, StringComparison.Ordinal);
        Assert.StartsWith(directory + ": it cannot be listed", unlisted.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            _store.UriOf("2024/new") + ": it cannot be created", unwritten.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            _store.UriOf("2024/k") + ": it cannot be deleted", undeleted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_through_a_file_is_named()
    {
        Write("2024", "a file");

        var error = Assert.Throws<AggregationException>(() => { _store.Stage("2024/k", "", Cancellation); });

        Assert.StartsWith(_store.UriOf("2024/k") + ": it cannot be created", error.Message, StringComparison.Ordinal);
        Assert.Empty(await _store.ListedAsync("2024/"));
        Assert.Empty(await LeftoversAsync());
    }

    [Fact]
    public async Task While_another_run_completes_the_same_file_the_commit_is_lost()
    {
        var seen = await _store.PutAsync("k", "old"u8.ToArray());
        await using var staged = _store.Stage("k", "", Cancellation);
        using (new FileStream(
            Path.Combine(Root, ".k.lock"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1,
            FileOptions.DeleteOnClose))
        {
            await Assert.ThrowsAsync<CommitLostException>(() => staged.CompleteAsync(seen, Cancellation));
        }

        Assert.Equal(seen, await _store.FindAsync("k"));
    }

    [Fact]
    public async Task Completing_removes_the_temporary_files_of_killed_runs_and_nothing_else()
    {
        string[] abandoned =
            [$"2024/.k.{new string('a', 32)}.partial", $"2024/.other.gz.{new string('0', 32)}.partial"];
        string[] foreign =
        [
            "2024/.k.partial", $"2024/.k.{new string('z', 32)}.partial", $"2024/k.{new string('a', 32)}.partial",
            $"2024/02/.k.{new string('a', 32)}.partial",
        ];
        foreach (string file in abandoned.Concat(foreign))
        {
            Write(file, "x");
        }

        await using var living = _store.Stage("2024/living", "", Cancellation);
        living.Content.Write("whole"u8);

        await _store.PutAsync("2024/k", "new"u8.ToArray());
        await living.CompleteAsync(null, Cancellation);

        Assert.All(abandoned, file => Assert.False(File.Exists(Path.Combine(Root, file)), file));
        Assert.All(foreign, file => Assert.True(File.Exists(Path.Combine(Root, file)), file));
        Assert.Equal("whole"u8.ToArray(), await _store.BytesAsync(await _store.FindAsync("2024/living")));
    }

    [Fact]
    public async Task Of_many_runs_that_replace_the_same_file_at_once_one_wins()
    {
        var seen = await _store.PutAsync("k", "old"u8.ToArray());

        int[] runs = await Task.WhenAll(Enumerable.Range(0, 16).Select(run => Task.Run(async () =>
        {
            await using var staged = new DirectoryStore(Root).Stage("k", "", Cancellation);
            staged.Content.Write(Bytes(100 + run));
            try
            {
                await staged.CompleteAsync(seen, Cancellation);
                return run;
            }
            catch (CommitLostException)
            {
                return -1;
            }
        }, Cancellation)));

        int winner = Assert.Single(runs, run => run >= 0);
        Assert.Equal(Bytes(100 + winner), await _store.BytesAsync(await _store.FindAsync("k")));
        Assert.Empty(await LeftoversAsync());
    }

    /// <summary>Runs the test again as another user, because root may ignore file modes.</summary>
    private static async Task PassesAsNobodyAsync(string test)
    {
        string tests = typeof(DirectoryStoreTests).Assembly.Location;
        string[] command =
        [
            .. StartedAs.Nobody(tests), "dotnet", "exec", tests, "-method",
            $"{typeof(DirectoryStoreTests).FullName}.{test}", "-noColor",
        ];
        using var process = CommandLineRun.Start(command[0], command[1..], ("HOME", Path.GetTempPath()));
        var run = await CommandLineRun.EndOfAsync(process);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0,", run.Output, StringComparison.Ordinal);
    }

    private async Task ShellAsync(string command)
    {
        using var shell = Process.Start("/bin/sh", ["-c", command, Root]);
        await shell.WaitForExitAsync(Cancellation);
        Assert.Equal(0, shell.ExitCode);
    }

    private void Write(string key, string text)
    {
        string path = Path.Combine(Root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static bool IsEmptyDirectory(FileSystemInfo entry) =>
        entry is DirectoryInfo directory && !directory.EnumerateFiles("*", SearchOption.AllDirectories).Any();
}
