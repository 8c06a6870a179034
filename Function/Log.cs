using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Write;
using Microsoft.Extensions.Logging;

namespace CloudTrailAggregation;

/// <summary>
/// The log lines of the function. Every parameter is a member of its line, even if the message omits it.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Month} begins")]
    public static partial void MonthBegins(ILogger logger, string month);

    [LoggerMessage(2, LogLevel.Debug, "{Month}: {FilesRead} of {Files} files read, {Events} events")]
    public static partial void Progress(ILogger logger, string month, int filesRead, int files, long events);

    [LoggerMessage(3, LogLevel.Information, "{Month} is done{By}: {Events} events of {Lines} records")]
    public static partial void MonthDone(
        ILogger logger, string month, string by, long events, long lines, RawJson report);

    [LoggerMessage(16, LogLevel.Information, "{Month} is unchanged: its file has the {Events} events of its source")]
    public static partial void MonthUnchanged(ILogger logger, string month, long events, RawJson report);

    [LoggerMessage(4, LogLevel.Warning, "{Month} has {Rejects} rejects, kept in {RejectFile}")]
    public static partial void Rejects(ILogger logger, string month, long rejects, string? rejectFile);

    [LoggerMessage(5, LogLevel.Warning, "{Month}: {Count} keys are no sources and were ignored, the first: {First}")]
    public static partial void IgnoredKeys(ILogger logger, string month, long count, string first);

    [LoggerMessage(9, LogLevel.Warning, "{Month} is empty: {Reason}")]
    public static partial void EmptyMonth(ILogger logger, string month, string? reason);

    [LoggerMessage(10, LogLevel.Warning, "{Month}: {Count} days after the first have no object: {MissingDays}")]
    public static partial void MissingDays(ILogger logger, string month, int count, string missingDays);

    [LoggerMessage(11, LogLevel.Warning, "{Month}: {Count} objects hold rejects and no event, the first: {First}")]
    public static partial void ObjectsWithoutEvents(ILogger logger, string month, long count, string first);

    [LoggerMessage(12, LogLevel.Warning, "{Month}: {Count} damaged objects were skipped, the first: {First}")]
    public static partial void DamagedObjects(ILogger logger, string month, long count, string first);

    [LoggerMessage(13, LogLevel.Information, "{Month}: {Count} days are open and were not read: {OpenDays}")]
    public static partial void OpenDays(ILogger logger, string month, int count, string openDays);

    [LoggerMessage(
        14, LogLevel.Information, "{Month}: {Count} regions have no object of the last day read, the first: {First}")]
    public static partial void QuietRegions(ILogger logger, string month, long count, string first);

    [LoggerMessage(15, LogLevel.Information, "{Month}: {Count} objects have 0 bytes and were skipped")]
    public static partial void EmptyObjects(ILogger logger, string month, long count);

    [LoggerMessage(
        20, LogLevel.Warning,
        "{Month}: {Count} days were not run, because the time was short: {RemainingDays}. The next run goes on there")]
    public static partial void RemainingDays(ILogger logger, string month, int count, string remainingDays);

    [LoggerMessage(17, LogLevel.Information, "{Month} was written after it had ended: {File}")]
    public static partial void MonthWritten(ILogger logger, string month, string file);

    [LoggerMessage(
        18, LogLevel.Warning,
        "{Month} has no file that was written after it had ended ({File}): run the month, and see why no run came")]
    public static partial void MonthNotWritten(ILogger logger, string month, string? file);

    [LoggerMessage(19, LogLevel.Error, "{Reason}")]
    public static partial void WatchFailed(ILogger logger, Exception exception, string month, string reason);

    [LoggerMessage(6, LogLevel.Error, "{Month} failed: {Reason}")]
    public static partial void MonthFailed(ILogger logger, Exception exception, string month, string reason);

    [LoggerMessage(7, LogLevel.Error, "{Reason}")]
    public static partial void EventRefused(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Critical, "The function cannot start: {Reason}")]
    public static partial void CannotStart(ILogger logger, Exception exception, string reason);
}

/// <summary>JSON to copy into a log line unchanged.</summary>
internal readonly record struct RawJson(string Text);
