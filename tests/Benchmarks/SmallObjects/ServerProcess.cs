using System.Diagnostics;
using System.Globalization;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>A <see cref="MadeUpServer"/> in a process of its own, ended with this object.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="cores">The cores that it may use, as a list for taskset.</param>
    /// <param name="objects">The number of objects.</param>
    /// <param name="delayMilliseconds">The time from a request to its answer.</param>
    public ServerProcess(string cores, int objects, int delayMilliseconds)
    {
        string[] command =
        [
            "-c", cores, "dotnet", "exec", Places.Self, "made-up-server",
            "--objects", objects.ToString(CultureInfo.InvariantCulture),
            "--delay", delayMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
        _process = Process.Start(new ProcessStartInfo("taskset", command)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Url = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The server of the benchmark did not start.");
    }

    /// <summary>The server's address.</summary>
    public string Url { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
