namespace CloudTrailAggregation.Storage;

/// <summary>
/// Temporary files that a killed process left behind, as S3's lifecycle rule finds uploads that nobody completes.
/// A living process holds its own locked; what can be locked is nobody's.
/// </summary>
internal static class AbandonedFiles
{
    public const string Suffix = ".partial";

    private const int RandomDigits = 32;

    /// <summary>Removes those in a directory. One that cannot be removed stays: it is hidden and does no harm.</summary>
    public static void Remove(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, ".*" + Suffix))
        {
            try
            {
                if (!IsOurs(Path.GetFileName(path))) continue;
                using var abandoned = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            }
            catch (Exception e) when (DirectoryError.IsOne(e))
            {
                // Another run is writing it, or has just removed it.
            }
        }
    }

    // .name.random.partial, as DirectoryStagedFile names them.
    private static bool IsOurs(string name) =>
        name[..^Suffix.Length].Split('.') is [.., { Length: RandomDigits } random] && random.All(char.IsAsciiHexDigitLower);
}
