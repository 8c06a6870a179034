using System.IO.Compression;

namespace CloudTrailAggregation.Layers;

/// <summary>Zips a directory so that the same files give the same bytes: names in ordinal order, one time, one mode for each kind of file.</summary>
/// <remarks>The deflated bytes are those of the running .NET version: another SDK may pack the same files differently.</remarks>
public static class ReproducibleZip
{
    private const int RegularFile = 0x8000;
    private const int ReadableByAll = 0b110_100_100; // Lambda runs as another user than the owner.
    private const int ExecutableByAll = 0b111_101_101;

    // The earliest that the format can say.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes <paramref name="zipPath"/>, over an earlier one.</summary>
    /// <exception cref="IOException">The directory or the zip cannot be read or written.</exception>
    public static void Write(string directory, string zipPath)
    {
        var names = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path))
            .Order(StringComparer.Ordinal);

        using var zip = new ZipArchive(File.Create(zipPath), ZipArchiveMode.Create);
        foreach (string? name in names)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize);
            entry.LastWriteTime = Time;
            entry.ExternalAttributes = (RegularFile | (name.EndsWith(".so", StringComparison.Ordinal) ? ExecutableByAll : ReadableByAll)) << 16;
            using var source = File.OpenRead(Path.Combine(directory, name));
            using var target = entry.Open();
            source.CopyTo(target);
        }
    }
}
