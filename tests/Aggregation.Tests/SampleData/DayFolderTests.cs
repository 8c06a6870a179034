using System.IO.Compression;
using CloudTrailAggregation.SampleData;
using Xunit;

namespace CloudTrailAggregation.Tests.SampleData;

public sealed class DayFolderTests : IDisposable
{
    private const int MaxFileBytes = 64 * 1024 * 1024;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("day-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_file_holds_up_to_64_MiB_and_then_the_next_begins()
    {
        byte[] line = new byte[(MaxFileBytes / 2) - 1];

        using (var folder = new DayFolder(_directory.FullName))
        {
            folder.Add(line);
            folder.Add(line);
            folder.Add("{}"u8);
            Assert.Equal(2, folder.Files);
            Assert.Equal(MaxFileBytes + 3, folder.Bytes);
        }

        Assert.Equal(
            [("000000.ndjson.gz", MaxFileBytes), ("000001.ndjson.gz", 3L)],
            _directory.EnumerateFiles().Select(Unpack).Order());
    }

    private static (string Name, long Bytes) Unpack(FileInfo file)
    {
        using var unpacked = new GZipStream(file.OpenRead(), CompressionMode.Decompress);
        byte[] buffer = new byte[1024 * 1024];
        long bytes = 0L;
        for (int read = unpacked.Read(buffer); read > 0; read = unpacked.Read(buffer))
        {
            bytes += read;
        }

        return (file.Name, bytes);
    }
}
