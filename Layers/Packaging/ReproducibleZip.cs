using System.IO.Compression;

namespace CloudTrailAggregation.Layers;

/// <summary>
/// Zips a directory so that the same files give the same bytes: names in ordinal order, one time, and one mode for each
/// kind of file.
/// </summary>
/// <remarks>The deflated bytes depend on the running .NET version: another SDK may pack the same files
/// differently.</remarks>
public static class ReproducibleZip
{
    private const int RegularFile = 0x8000;
    private const int ReadableByAll = 0b110_100_100; // Lambda does not run as the owner.
    private const int ExecutableByAll = 0b111_101_101;

    // The earliest time of the format.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the zip, and replaces an earlier one.</summary>
    /// <exception cref="IOException">The directory or the zip cannot be read or written.</exception>
    public static void Write(string directory, string zipPath)
    {
        var names = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path))
            .Order(StringComparer.Ordinal);

        using var zip = new ZipArchive(File.Create(zipPath), ZipArchiveMode.Create);
        foreach (string name in names)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize);
            entry.LastWriteTime = Time;
            int mode = name.EndsWith(".so", StringComparison.Ordinal) ? ExecutableByAll : ReadableByAll;
            entry.ExternalAttributes = (RegularFile | mode) << 16;
            using var source = File.OpenRead(Path.Combine(directory, name));
            using var target = entry.Open();
            source.CopyTo(target);
        }
    }
}
