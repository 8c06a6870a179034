using System.Globalization;
using System.IO.Hashing;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>Objects in memory; they never change.</summary>
internal sealed class StoredObjects : IServedObjects
{
    public static readonly StoredObjects None = new([]);

    private readonly (string Key, ReadOnlyMemory<byte> Bytes, string ETag)[] _objects;

    private StoredObjects((string Key, ReadOnlyMemory<byte> Bytes, string ETag)[] objects) => _objects = objects;

    public int Count => _objects.Length;

    /// <summary>The files below a directory; a key is a path from it.</summary>
    public static StoredObjects Below(string directory) => new(
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Make(Path.GetRelativePath(directory, path), File.ReadAllBytes(path)))
            .OrderBy(stored => stored.Key, StringComparer.Ordinal),
    ]);

    /// <summary>These objects and one more, or one of them replaced.</summary>
    public StoredObjects With(string key, ReadOnlyMemory<byte> bytes)
    {
        var rest = Without(key);
        return new StoredObjects(
            [.. rest._objects[..rest.KeysBefore(key)], Make(key, bytes), .. rest._objects[rest.KeysBefore(key)..]]);
    }

    /// <summary>These objects except one.</summary>
    public StoredObjects Without(string key) =>
        new([.. _objects.Where(stored => !stored.Key.Equals(key, StringComparison.Ordinal))]);

    public string KeyAt(int place) => _objects[place].Key;

    public long SizeAt(int place) => _objects[place].Bytes.Length;

    public string ETagAt(int place) => _objects[place].ETag;

    public ReadOnlyMemory<byte> BytesAt(int place) => _objects[place].Bytes;

    private static (string Key, ReadOnlyMemory<byte> Bytes, string ETag) Make(string key, ReadOnlyMemory<byte> bytes) =>
        (key, bytes, string.Create(CultureInfo.InvariantCulture, $"\"{XxHash128.HashToUInt128(bytes.Span):x32}-1\""));
}
