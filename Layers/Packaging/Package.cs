using System.IO.Compression;
using System.Security.Cryptography;

namespace CloudTrailAggregation.Layers;

/// <summary>The files of a layer or a function, from its zip or from the directory to zip.</summary>
public sealed class Package
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Reads all files into memory.</summary>
    /// <exception cref="IOException">There is no such file or directory, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a zip.</exception>
    public Package(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
            {
                _files.Add(Path.GetRelativePath(path, file), File.ReadAllBytes(file));
            }

            return;
        }

        ZipBytes = new FileInfo(path).Length;
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(entry => !entry.FullName.EndsWith('/')))
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            _files[entry.FullName] = content.ToArray();
        }
    }

    /// <summary>The size of the zip in bytes; 0 for a directory.</summary>
    public long ZipBytes { get; }

    /// <summary>The total size of the files in bytes.</summary>
    public long UnpackedBytes => _files.Values.Sum(content => (long)content.Length);

    /// <summary>The paths of the files, with slashes, in ordinal order.</summary>
    public IEnumerable<string> Paths => _files.Keys.Order(StringComparer.Ordinal);

    /// <summary>One line for each file in the form of sha256sum: the hash, two spaces, the path.</summary>
    public IEnumerable<string> Sums() =>
        Paths.Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(_files[path]))}  {path}");

    /// <summary>The content of a file; null if there is no such file.</summary>
    public byte[]? Find(string path) => _files.GetValueOrDefault(path);
}
