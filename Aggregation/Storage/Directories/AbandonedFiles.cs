namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// Removes temporary files of killed processes, as S3's lifecycle rule aborts uploads that nobody completes. A running
/// process keeps its temporary file locked, except in its turn, right before the rename. A temporary file that this
/// process can lock in the turn of its final file therefore belongs to nobody.
/// </summary>
internal static class AbandonedFiles
{
    private const string Suffix = ".partial";

    private const int RandomDigits = 32;

    /// <summary>A new temporary name for a file: <c>.name.random.partial</c> beside it.</summary>
    public static string NewPathFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():n}{Suffix}");

    /// <summary>
    /// Removes the abandoned files in the directory of a file. One that cannot be removed stays: it is hidden and
    /// harmless.
    /// </summary>
    /// <param name="path">The file, whose turn the caller has.</param>
    public static void RemoveBeside(string path)
    {
        try
        {
            string directory = Path.GetDirectoryName(path)!;
            foreach (string partial in Directory.EnumerateFiles(directory, ".*" + Suffix))
            {
                if (NameOf(Path.GetFileName(partial)) is { } name)
                {
                    Remove(partial, Path.Combine(directory, name), hasTurn: name == Path.GetFileName(path));
                }
            }
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            // The directory may be writable without being readable.
        }
    }

    private static void Remove(string partial, string path, bool hasTurn)
    {
        try
        {
            // A shared lock first: an exclusive one would block readers if another run renames the file at this moment.
            using (new FileStream(
                partial, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0))
            {
            }

            using var turn = hasTurn ? null : FileTurn.TryTake(path);
            if (hasTurn || turn is not null)
            {
                using var abandoned = new FileStream(
                    partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
                    FileOptions.DeleteOnClose);
            }
        }
        catch (Exception e) when (DirectoryError.IsFileSystemFailure(e))
        {
            // Another run is writing it, or has just renamed or removed it.
        }
    }

    /// <summary>The name that a temporary file would get; null if this tool does not name its files so.</summary>
    private static string? NameOf(string partial)
    {
        int end = partial.Length - Suffix.Length - RandomDigits - 1;
        return end > 1 && partial[end] == '.' && partial[(end + 1)..^Suffix.Length].All(char.IsAsciiHexDigitLower)
            ? partial[1..end]
            : null;
    }
}
