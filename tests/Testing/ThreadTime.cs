using System.Runtime.InteropServices;
using Xunit;

namespace CloudTrailAggregation.Tests;

/// <summary>
/// The processor time of the calling thread, which does not depend on other work on the machine. Linux only.
/// </summary>
internal static partial class ThreadTime
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID of time.h.</summary>
    private const int ThreadClock = 3;

    public static long Nanoseconds
    {
        get
        {
            Assert.Equal(0, ReadClock(ThreadClock, out var time));
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadClock(int clock, out TimeOfClock time);

    /// <summary>struct timespec of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeOfClock
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
