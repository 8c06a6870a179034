namespace CloudTrailAggregation.Write;

/// <summary>The threads of a run beside the one that writes.</summary>
/// <param name="count">How many there are, at least 1.</param>
internal sealed class Workers(int count)
{
    private readonly TaskScheduler _scheduler =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, count).ConcurrentScheduler;

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>
    /// Starts work that may block. The scheduler is hidden from it, so that what it starts and waits for (an upload)
    /// does not wait for a worker.
    /// </summary>
    public Task Start(Action run) => Task.Factory.StartNew(
        run, CancellationToken.None, TaskCreationOptions.DenyChildAttach | TaskCreationOptions.HideScheduler,
        _scheduler);

    /// <summary>Starts work that goes on at a worker after each wait.</summary>
    public Task StartAsync(Func<Task> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
}
