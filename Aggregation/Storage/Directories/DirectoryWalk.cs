namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// Lists the files below a directory in the order of their keys. It skips names that start with '.'.
/// It follows links, except one to a directory that contains the link.
/// </summary>
internal static class DirectoryWalk
{
    private static readonly EnumerationOptions AllEntries = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    /// <param name="directory">The directory to start in; one that does not exist has no files.</param>
    /// <param name="keyPrefix">The key of <paramref name="directory"/>: empty, or ending in '/'.</param>
    /// <param name="namePrefix">The prefix that names in <paramref name="directory"/> itself must have.</param>
    /// <param name="cancellation">Ends the walk.</param>
    public static IEnumerable<StoredObject> Files(
        string directory, string keyPrefix, string namePrefix, CancellationToken cancellation) =>
        Files(directory, keyPrefix, namePrefix, [RealPath(directory)], cancellation);

    /// <summary>The directories in a directory, as keys that end in '/'. For the parameters see
    /// <see cref="Files(string, string, string, CancellationToken)"/>.</summary>
    public static IEnumerable<string> Folders(string directory, string keyPrefix, string namePrefix) =>
        Entries(directory, namePrefix)
            .Where(found => found.Entry is DirectoryInfo)
            .Select(found => keyPrefix + found.Name);

    private static IEnumerable<StoredObject> Files(
        string directory, string keyPrefix, string namePrefix, string[] within, CancellationToken cancellation)
    {
        foreach (var (name, entry) in Entries(directory, namePrefix))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry is FileInfo file)
            {
                if (FileOf(keyPrefix + name, file) is { } found)
                {
                    yield return found;
                }

                continue;
            }

            bool isLink = entry.LinkTarget is not null;
            string real = isLink ? RealPath(entry.FullName) : Path.Combine(within[^1], entry.Name);
            if (isLink && within.Any(outer => Contains(real, outer)))
            {
                continue;
            }

            foreach (var below in Files(entry.FullName, keyPrefix + name, "", [.. within, real], cancellation))
            {
                yield return below;
            }
        }
    }

    // A '/' after a directory's name makes the order of the names in one directory the order of all keys below it.
    private static List<(string Name, FileSystemInfo Entry)> Entries(string directory, string namePrefix)
    {
        try
        {
            var entries = new DirectoryInfo(directory)
                .EnumerateFileSystemInfos("*", AllEntries)
                .Where(entry => entry.Name.StartsWith(namePrefix, StringComparison.Ordinal) && entry.Name[0] != '.')
                .Select(entry => (Name: entry is DirectoryInfo ? entry.Name + "/" : entry.Name, Entry: entry))
                .ToList();
            entries.Sort((x, y) => Utf8Order.Instance.Compare(x.Name, y.Name));
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (IOException) when (File.Exists(directory))
        {
            return [];
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            throw DirectoryError.Of(directory, "listed", e);
        }
    }

    private static StoredObject? FileOf(string key, FileInfo file)
    {
        try
        {
            if (file.LinkTarget is not null
                && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target)
            {
                file = target;
            }

            return new StoredObject(
                key,
                file.Length,
                DirectoryStore.ETagOf(file.Length, file.LastWriteTimeUtc),
                Modified: new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (FileNotFoundException) when (file.Name.Contains('\ufffd', StringComparison.Ordinal))
        {
            throw DirectoryError.NotUtf8(file.FullName);
        }
        catch (FileNotFoundException)
        {
            return null; // The file was deleted after the directory was read.
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            throw DirectoryError.Of(file.FullName, "listed", e);
        }
    }

    private static bool Contains(string outer, string inner) =>
        inner == outer
        || inner.StartsWith(
            Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    // Each name in a path may be a link, and the target of a link may contain links again.
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        string[] names = full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names)
        {
            real = Path.Combine(real, name);
            if (new DirectoryInfo(real) is { LinkTarget: not null } link
                && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                real = RealPath(target.FullName);
            }
        }

        return real;
    }
}
