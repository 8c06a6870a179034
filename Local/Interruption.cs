using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Local;

/// <summary>
/// SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal). The first signal cancels, so that staged files are removed;
/// a second signal ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly Dictionary<PosixSignal, int> Numbers = new()
    {
        [PosixSignal.SIGHUP] = 1,
        [PosixSignal.SIGINT] = 2,
        [PosixSignal.SIGTERM] = 15,
    };

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _number;

    public Interruption() =>
        _registrations = [.. Numbers.Keys.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    public CancellationToken Token => _source.Token;

    /// <summary>128 + the signal's number, like a shell's: 130 for Ctrl-C.</summary>
    public int ExitCode => 128 + _number;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.CompareExchange(ref _number, Numbers[context.Signal], 0) == 0)
        {
            context.Cancel = true;
            _ = _source.CancelAsync();
        }
        else if (!Console.IsErrorRedirected)
        {
            // The progress display hides the cursor, and the process ends before the display can show it again.
            Console.Error.Write("\e[?25h");
        }
    }
}
