using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;
using Spectre.Console;

namespace CloudTrailAggregation.Local;

/// <summary>
/// Tells on stderr how far a month is: on a terminal a bar that goes away at the end; elsewhere a line after two
/// seconds and then every ten, so that a log stays short and a quick run says nothing.
/// </summary>
internal sealed class ProgressDisplay(Month month, IReadOnlyList<Month> months, TimeProvider time, CancellationToken cancellation)
    : IProgress<RunProgress>
{
    private const int BarCharacters = 12;

    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FurtherLines = TimeSpan.FromSeconds(10);

    private readonly string _name = months.Count == 1 ? $"{month}" : $"{month} ({months.Index().First(item => item.Item == month).Index + 1} of {months.Count})";
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

    /// <summary>Does the work and shows the progress that it reports here.</summary>
    public Task<T> ShowWhileAsync<T>(Func<Task<T>> work)
    {
        // Left to itself, the library looks at stdout to tell whether somebody watches stderr.
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes });
        return terminal.Profile.Out.IsTerminal && terminal.Profile.Capabilities.Ansi ? ShowBarWhileAsync(terminal, work) : ShowLinesWhileAsync(work);
    }

    private async Task<T> ShowLinesWhileAsync<T>(Func<Task<T>> work)
    {
        // At once, as on a terminal: a commit is ended first.
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
            (_, { } at) => $"{at.FilesRead} of {Quantity.Of(at.Files, "file")}, {Quantity.Bytes(at.BytesRead, at.Bytes)}, {at.Events / elapsed.TotalSeconds:N0} events/s, {Left(at, elapsed)}",
        };
    }

    /// <summary>As long for each byte left as for those read.</summary>
    private static string Left(RunProgress at, TimeSpan elapsed)
    {
        var left = elapsed * ((double)(at.Bytes - at.BytesRead) / at.BytesRead);
        return at.FilesRead == at.Files ? "ending"
            : left.TotalSeconds < 60 ? $"{left.TotalSeconds:N0} s left"
            : $"{left.TotalMinutes:N0} min left";
    }
}
