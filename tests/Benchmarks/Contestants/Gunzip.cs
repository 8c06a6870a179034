using System.IO.Compression;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>The limit: nothing can be read faster than it is unpacked.</summary>
internal static class Gunzip
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Unpacks every file of a month, one after the other, and throws the text away.</summary>
    /// <param name="month">The month's directory, which holds the days'.</param>
    /// <returns>The bytes of the text.</returns>
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
