using System.Diagnostics;
using CloudTrailAggregation.Tests.Local;

namespace CloudTrailAggregation.Tests.Faults;

/// <summary>The command line as a process that is killed without warning.</summary>
internal sealed class KilledProcess(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    : IDisposable
{
    private readonly Process _process = CommandLineRun.Start(
        CommandLineRun.Program[0], [.. CommandLineRun.Program[1..], .. arguments], environment);

    private readonly CancellationTokenSource _ended = new();
    private long _killSet;

    /// <summary>
    /// The time from the first call of <see cref="KillAfter"/> to the end of the process; valid after the end.
    /// </summary>
    public TimeSpan SinceKillWasSet { get; private set; }

    /// <summary>Sends SIGKILL, unless the process has ended.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Schedules the kill, unless one is scheduled already.</summary>
    /// <param name="delay">The time from now; infinite to measure the time only.</param>
    public void KillAfter(TimeSpan delay)
    {
        if (Interlocked.CompareExchange(ref _killSet, Stopwatch.GetTimestamp(), 0) == 0)
        {
            _ = Task.Delay(delay, _ended.Token).ContinueWith(
                _ => Kill(), _ended.Token, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>Whether the run ended before the kill.</returns>
    public async Task<bool> IsDoneAsync()
    {
        var run = await CommandLineRun.EndOfAsync(_process);
        SinceKillWasSet = _killSet == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_killSet);
        await _ended.CancelAsync();
        return run.ExitCode == 0 ? true
            : run.ExitCode == 128 + 9 ? false
            : throw new InvalidOperationException($"{run.ExitCode}: {run.Error}");
    }

    public void Dispose()
    {
        _process.Dispose();
        _ended.Dispose();
    }
}
