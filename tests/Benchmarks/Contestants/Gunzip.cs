using System.IO.Compression;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>Only unpacks a month: no tool can be faster than this.</summary>
internal static class Gunzip
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Unpacks every file of a month, one after the other, and discards the text.</summary>
    /// <param name="month">The month's directory, which holds the directories of its days.</param>
    /// <returns>The length of the text in bytes.</returns>
    public static long Read(string month)
    {
        byte[] buffer = new byte[BufferBytes];
        long bytes = 0;
        foreach (string path in Directory.EnumerateFiles(month, "*.ndjson.gz", SearchOption.AllDirectories))
        {
            using var stored = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
            using var text = new GZipStream(stored, CompressionMode.Decompress);
            for (int read; (read = text.Read(buffer)) > 0; bytes += read)
            {
            }
        }

        return bytes;
    }
}
