namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// The files below a directory in the order of their keys. Names that start with '.' are left out.
/// Links are followed, but not into a directory that contains the one they are reached from.
/// </summary>
internal static class DirectoryWalk
{
    /// <param name="directory">The directory to start in; one that does not exist has no files.</param>
    /// <param name="keyPrefix">The key of <paramref name="directory"/>: empty, or ending in '/'.</param>
    /// <param name="namePrefix">What names in <paramref name="directory"/> itself must start with.</param>
    /// <param name="cancellation">Ends the walk.</param>
    public static IEnumerable<StoredObject> Files(
        string directory, string keyPrefix, string namePrefix, CancellationToken cancellation) =>
        Files(directory, keyPrefix, namePrefix, [RealPath(directory)], cancellation);

    /// <summary>The directories in a directory, as keys that end in '/'; the parameters are those of <see cref="Files(string, string, string, CancellationToken)"/>.</summary>
    public static IEnumerable<string> Folders(string directory, string keyPrefix, string namePrefix) =>
        Entries(directory, namePrefix).Where(found => found.Entry is DirectoryInfo).Select(found => keyPrefix + found.Name);

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

    // With '/' behind a directory's name, the order of one directory's names is the order of all keys below it.
    private static List<(string Name, FileSystemInfo Entry)> Entries(string directory, string namePrefix)
    {
        try
        {
            var entries = new DirectoryInfo(directory)
                .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
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
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            throw DirectoryError.Of(directory, "listed", e);
        }
    }

    private static StoredObject? FileOf(string key, FileInfo file)
    {
        try
        {
            if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target)
            {
                file = target;
            }

            return new StoredObject(key, file.Length, DirectoryStore.ETagOf(file.Length, file.LastWriteTimeUtc));
        }
        catch (FileNotFoundException) when (file.Name.Contains('\ufffd', StringComparison.Ordinal))
        {
            throw DirectoryError.NotUtf8(file.FullName);
        }
        catch (FileNotFoundException)
        {
            return null; // deleted since the directory was read
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            throw DirectoryError.Of(file.FullName, "listed", e);
        }
    }

    private static bool Contains(string outer, string inner) =>
        inner == outer || inner.StartsWith(Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Each part of a path may be a link, and a link's target may have links in it again.
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path), real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new DirectoryInfo(real) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                real = RealPath(target.FullName);
            }
        }
        return real;
    }
}
