using System.IO.Compression;
using System.Runtime.Versioning;
using CloudTrailAggregation.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

[UnsupportedOSPlatform("windows")]
public class ReproducibleZipTests
{
    [Fact]
    public void The_same_files_give_the_same_bytes_whatever_their_order_time_mode_and_folder()
    {
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();

        Write(
            first, ["a/b.dll", "a.txt", "a/native.so"], UnixFileMode.UserRead | UnixFileMode.UserWrite,
            new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Write(
            second, ["a/native.so", "a.txt", "a/b.dll"],
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead,
            new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(File.ReadAllBytes(first["zip"]), File.ReadAllBytes(second["zip"]));
    }

    [Fact]
    public void Everybody_may_read_the_files_and_their_content_is_whole()
    {
        using var directory = new TemporaryDirectory();
        Write(directory, ["b.dll", "a/native.so", "a.txt"], UnixFileMode.UserRead, DateTime.UnixEpoch);

        using var zip = ZipFile.OpenRead(directory["zip"]);

        Assert.Equal(["a.txt", "a/native.so", "b.dll"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(
            ["100644", "100755", "100644"],
            zip.Entries.Select(entry => Convert.ToString(entry.ExternalAttributes >>> 16, 8)));
        using var content = new StreamReader(zip.GetEntry("a/native.so")!.Open());
        Assert.Equal("a/native.so", content.ReadToEnd());
    }

    private static void Write(TemporaryDirectory directory, string[] names, UnixFileMode mode, DateTime time)
    {
        foreach (string? path in names.Select(name => directory["files/" + name]))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Path.GetRelativePath(directory["files"], path));
            File.SetLastWriteTimeUtc(path, time);
            File.SetUnixFileMode(path, mode);
        }

        ReproducibleZip.Write(directory["files"], directory["zip"]);
    }
}
