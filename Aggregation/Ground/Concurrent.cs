namespace CloudTrailAggregation.Ground;

/// <summary>Work that runs at the same time because each part waits for a store.</summary>
internal static class Concurrent
{
    /// <summary>Waits for all tasks, also when one fails.</summary>
    /// <param name="tasks">
    /// The tasks. Of several failures the first in this order is thrown, not the first in time, so that the same cause
    /// gives the same message.
    /// </param>
    public static async Task WhenAllAsync(params IReadOnlyList<Task> tasks)
    {
        await Task.WhenAll(tasks).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (var task in tasks)
        {
            await task;
        }
    }
}
