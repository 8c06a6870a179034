using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.CloudTrail;
using Spectre.Console;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Tells on stderr how far a month is: on a terminal one line that goes away at the end; elsewhere a line after two
/// seconds and then every ten, so that a log stays short and a quick run says nothing.
/// </summary>
internal sealed class ProgressDisplay(Month month, TimeProvider time, CancellationToken cancellation) : IProgress<MonthProgress>
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FurtherLines = TimeSpan.FromSeconds(10);

    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private MonthProgress? _latest;

    public void Report(MonthProgress value)
    {
        lock (_lock)
        {
            _latest = value;
        }
    }

    /// <summary>Does the work and shows the progress that it reports here.</summary>
    public Task<T> ShowWhileAsync<T>(Func<Task<T>> work)
    {
        // Left to itself, the library looks at stdout to tell whether somebody watches stderr.
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes });
        return terminal.Profile.Out.IsTerminal && terminal.Profile.Capabilities.Ansi
            ? terminal.Status().StartAsync(Markup.Escape(Text()), status => WhileAsync(work, Redraw, Redraw, () => status.Status = Markup.Escape(Text())))
            : WhileAsync(work, FirstLine, FurtherLines, () => Console.Error.WriteLine(Text()));
    }

    private async Task<T> WhileAsync<T>(Func<Task<T>> work, TimeSpan first, TimeSpan further, Action show)
    {
        // On a thread of its own: much of the work is synchronous.
        var working = Task.Run(work, CancellationToken.None);
        using var timer = new PeriodicTimer(first, time);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(working, tick) == tick)
        {
            show();
            timer.Period = further;
            tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await working;
    }

    private string Text()
    {
        MonthProgress? latest;
        lock (_lock)
        {
            latest = _latest;
        }

        string seconds = $"{time.GetElapsedTime(_started).TotalSeconds:N0} s";
        return (cancellation.IsCancellationRequested, latest) switch
        {
            (true, _) => $"{month}: stopping",
            (_, null) => $"{month}: reading, {seconds}",
            (_, { } at) => $"{month}: {at.FilesRead} of {Quantity.Of(at.Files, "file")}, {Quantity.Bytes(at.BytesRead)} of {Quantity.Bytes(at.Bytes)}, {Quantity.Of(at.Events, "event")}, {seconds}",
        };
    }
}
