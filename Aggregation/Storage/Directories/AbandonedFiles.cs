namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// Temporary files that a killed process left behind, as S3's lifecycle rule finds uploads that nobody completes.
/// A living process holds its own locked, except in its turn, right before it renames it: one that can be locked in
/// its file's turn is nobody's.
/// </summary>
internal static class AbandonedFiles
{
    private const string Suffix = ".partial";

    private const int RandomDigits = 32;

    /// <summary>A new temporary name for a file: <c>.name.random.partial</c> beside it.</summary>
    public static string NewPathFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():n}{Suffix}");

    /// <summary>
    /// Removes those in the directory of a file. One that cannot be removed stays: it is hidden and does no harm.
    /// </summary>
    /// <param name="path">The file, whose turn the caller has.</param>
    public static void RemoveBeside(string path)
    {
        try
        {
            foreach (string partial in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, ".*" + Suffix))
            {
                if (NameOf(Path.GetFileName(partial)) is { } name)
                {
                    Remove(partial, Path.Combine(Path.GetDirectoryName(path)!, name), hasTurn: name == Path.GetFileName(path));
                }
            }
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            // The directory may be written but not listed.
        }
    }

    private static void Remove(string partial, string path, bool hasTurn)
    {
        try
        {
            // A shared lock first: an exclusive one would keep readers from a file that is renamed at this moment.
            using (new FileStream(partial, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0))
            {
            }

            using var turn = hasTurn ? null : FileTurn.TryTake(path);
            if (hasTurn || turn is not null)
            {
                using var abandoned = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
        }
        catch (Exception e) when (DirectoryError.IsOne(e))
        {
            // Another run is writing it, or has just renamed or removed it.
        }
    }

    /// <summary>The name of the file that a temporary one would become; null if no run named it.</summary>
    private static string? NameOf(string partial)
    {
        int end = partial.Length - Suffix.Length - RandomDigits - 1;
        return end > 1 && partial[end] == '.' && partial[(end + 1)..^Suffix.Length].All(char.IsAsciiHexDigitLower)
            ? partial[1..end]
            : null;
    }
}
