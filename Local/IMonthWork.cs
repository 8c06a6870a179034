using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>What a command does for each month.</summary>
internal interface IMonthWork
{
    /// <summary>Works on one month and prints its result.</summary>
    /// <param name="month">The month.</param>
    /// <param name="progress">Shows how far the work is.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>The month's line in the summary.</returns>
    Task<MonthOutcome> RunAsync(Month month, ProgressDisplay progress, CancellationToken cancellation);

    /// <summary>Reports a month that failed, as soon as it fails.</summary>
    void ReportFailure(Month month, Exception failure);

    /// <summary>Says when a month was cancelled and in which state it is: the sentence after "cancelled ".</summary>
    string WhenCancelled(Month month);

    /// <summary>Sums up a range of months.</summary>
    void WriteSummary(MonthSequence sequence);
}
