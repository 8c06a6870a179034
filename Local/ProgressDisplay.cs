using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;
using Spectre.Console;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Shows on stderr how far a month is: on a terminal a bar that disappears at the end; elsewhere a line after 2 s and
/// then every 10 s, so that a log stays short and a quick run prints nothing.
/// </summary>
internal sealed class ProgressDisplay(
    Month month, IReadOnlyList<Month> months, TimeProvider time, CancellationToken cancellation)
    : IProgress<RunProgress>
{
    private const int BarCharacters = 12;

    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FurtherLines = TimeSpan.FromSeconds(10);

    private readonly string _name = NameOf(month, months);
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private RunProgress? _latest;

    public void Report(RunProgress value)
    {
        lock (_lock)
        {
            _latest = value;
        }
    }

    /// <summary>Runs the work and shows the progress that the work reports here.</summary>
    public Task<T> ShowWhileAsync<T>(Func<Task<T>> work)
    {
        // Interactive is set, because by default Spectre.Console decides it by stdout, not by stderr.
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Interactive = InteractionSupport.Yes,
        });
        return terminal.Profile.Out.IsTerminal && terminal.Profile.Capabilities.Ansi
            ? ShowBarWhileAsync(terminal, work)
            : ShowLinesWhileAsync(work);
    }

    private async Task<T> ShowLinesWhileAsync<T>(Func<Task<T>> work)
    {
        // Says at once that Ctrl-C was received, as on a terminal: a commit that has started is finished first.
        await using var stopping = cancellation.Register(Show);
        return await WhileAsync(work, FirstLine, FurtherLines, Show);

        void Show() => Console.Error.WriteLine($"{_name}: {Text()}");
    }

    private Task<T> ShowBarWhileAsync<T>(IAnsiConsole terminal, Func<Task<T>> work)
    {
        var bar = terminal.Progress().AutoClear(true).Columns(
            new ProgressBarColumn { Width = BarCharacters }, new TaskDescriptionColumn { Alignment = Justify.Left });
        return bar.StartAsync(context =>
        {
            var task = context.AddTask(Line(), maxValue: 1);
            return WhileAsync(work, Redraw, Redraw, () => (task.Description, task.Value) = (Line(), Share()));
        });

        string Line() => Markup.Escape($"{_name}  {Text()}");
    }

    private static string NameOf(Month month, IReadOnlyList<Month> months)
    {
        int number = months.TakeWhile(each => each != month).Count() + 1;
        return months.Count == 1 ? $"{month}" : $"{month} ({number} of {months.Count})";
    }

    private async Task<T> WhileAsync<T>(Func<Task<T>> work, TimeSpan first, TimeSpan next, Action show)
    {
        // On another thread, because much of the work is synchronous.
        var working = Task.Run(work, CancellationToken.None);
        using var timer = new PeriodicTimer(first, time);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(working, tick) == tick)
        {
            show();
            timer.Period = next;
            tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await working;
    }

    private RunProgress? Latest()
    {
        lock (_lock)
        {
            return _latest;
        }
    }

    private double Share() => Latest() is { Bytes: > 0 } at ? (double)at.BytesRead / at.Bytes : 0;

    private string Text()
    {
        var elapsed = time.GetElapsedTime(_started);
        return (cancellation.IsCancellationRequested, Latest()) switch
        {
            (true, _) => "stopping",
            (_, null) => $"reading, {elapsed.TotalSeconds:N0} s",
            (_, { } at) => $"{at.FilesRead} of {Quantity.Of(at.Files, "file")}, "
                + $"{Quantity.Bytes(at.BytesRead, at.Bytes)}, {at.Events / elapsed.TotalSeconds:N0} events/s, "
                + Remaining(at, elapsed),
        };
    }

    /// <summary>Assumes that each remaining byte takes as long as the bytes read.</summary>
    private static string Remaining(RunProgress at, TimeSpan elapsed)
    {
        var remaining = elapsed * ((double)(at.Bytes - at.BytesRead) / at.BytesRead);
        return at.FilesRead == at.Files ? "ending"
            : remaining.TotalSeconds < 60 ? $"{remaining.TotalSeconds:N0} s left"
            : $"{remaining.TotalMinutes:N0} min left";
    }
}
