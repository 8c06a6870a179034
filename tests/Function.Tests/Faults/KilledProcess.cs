using System.Diagnostics;
using CloudTrailAggregation.Tests.Local;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>The command line as a process that is killed, as nothing in it can see coming.</summary>
internal sealed class KilledProcess(IEnumerable<string> arguments, params (string Name, string Value)[] environment) : IDisposable
{
    private readonly Process _process = CommandLineRun.Start("dotnet", ["exec", CommandLineRun.Assembly, .. arguments], environment);

    /// <summary>SIGKILL; nothing where the process has ended by itself.</summary>
    public void Kill() => _process.Kill();

    public async Task KillAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay);
        Kill();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>Whether it came before the kill, and the run was done.</returns>
    public async Task<bool> IsDoneAsync()
    {
        var run = await CommandLineRun.EndOfAsync(_process);
        return run.ExitCode == 0 ? true : run.ExitCode == 128 + 9 ? false : throw new InvalidOperationException($"{run.ExitCode}: {run.Error}");
    }

    public void Dispose() => _process.Dispose();
}
