using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>The time and memory that a process used.</summary>
/// <param name="Wall">Time from its start to its end.</param>
/// <param name="Cpu">User and system time of all its threads.</param>
/// <param name="PeakBytes">The maximum of its resident memory.</param>
internal readonly record struct Usage(TimeSpan Wall, TimeSpan Cpu, long PeakBytes);

/// <summary>
/// Runs a process to its end and takes its usage from the kernel by wait4(2), which System.Diagnostics.Process does not
/// offer. A child's peak starts from this process's own peak (execve(2) of a spawned child) and is never below
/// <see cref="FloorBytes"/>. So work that needs memory is done in children, not in this process.
/// </summary>
internal static unsafe partial class Measured
{
    private const int UsageWords = 18;

    /// <summary>This process's own peak.</summary>
    public static long FloorBytes
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    /// <summary>Runs a command and writes its output to a file.</summary>
    /// <exception cref="InvalidOperationException">
    /// The command could not be started, or failed; the message has the end of its output.
    /// </exception>
    public static Usage Run(IReadOnlyList<string> command, string outputFile)
    {
        long start = Stopwatch.GetTimestamp();
        string?[] arguments = ["sh", "-c", "exec \"$@\" > \"$0\" 2>&1", outputFile, .. command, null];
        int error = posix_spawnp(out int process, "sh", 0, 0, arguments, Environment());
        if (error != 0)
        {
            throw new InvalidOperationException($"sh cannot be started: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        // struct rusage: two timeval, then 14 long of which ru_maxrss, in KiB, is the first.
        long* usage = stackalloc long[UsageWords];
        int waited;
        int status;
        while ((waited = wait4(process, out status, 0, usage)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        var wall = Stopwatch.GetElapsedTime(start);
        if (waited != process || status != 0)
        {
            throw new InvalidOperationException(
                $"{string.Join(' ', command)} failed (wait status {status}):\n{End(outputFile)}");
        }

        var cpu = TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
        return new Usage(wall, cpu, usage[4] * 1024);
    }

    private const int Interrupted = 4;

    private static string End(string file)
    {
        string text = File.Exists(file) ? File.ReadAllText(file) : "";
        return text.Length > 4000 ? text[^4000..] : text;
    }

    private static string?[] Environment()
    {
        var variables = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}"), null];
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnp(
        out int process, string file, nint actions, nint attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int wait4(int process, out int status, int options, long* usage);
}
