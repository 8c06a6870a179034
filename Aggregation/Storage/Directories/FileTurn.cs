namespace CloudTrailAggregation.Storage.Directories;

/// <summary>
/// The right to complete one file, to take it back, or to remove its abandoned files. One run at a time has the turn:
/// it holds a lock on <c>.name.lock</c> beside the file.
/// </summary>
internal static class FileTurn
{
    /// <param name="path">The file, which need not exist; its directory must.</param>
    /// <returns>The turn, which ends when it is disposed; null if another run has it.</returns>
    public static FileStream? TryTake(string path)
    {
        string turn = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.lock");
        try
        {
            // .NET removes such a file before it releases the lock, and reopens a file that was removed in the
            // meantime.
            return new FileStream(
                turn, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
                FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
    }

    /// <summary>Whether a file did not open because another handle locks it.</summary>
    public static bool IsLocked(IOException e) =>
        e.HResult is 11 or 35 or unchecked((int)0x80070020); // EWOULDBLOCK (Linux, macOS), ERROR_SHARING_VIOLATION
}
