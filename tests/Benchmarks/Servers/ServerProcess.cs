using System.Diagnostics;

namespace CloudTrailAggregation.Benchmarks.Servers;

/// <summary>An <see cref="ObjectServer"/> in a process of its own, ended with this object.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="cores">The cores that it may use, as a list for taskset.</param>
    /// <param name="options">The options of the s3-server command.</param>
    public ServerProcess(string cores, params IEnumerable<string> options)
    {
        string[] command = ["-c", cores, "dotnet", "exec", Places.Self, "s3-server", .. options];
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
