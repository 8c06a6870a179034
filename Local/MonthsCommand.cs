using System.CommandLine;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local;

/// <summary>
/// A command over months: opens source and destination, works on one month after the other, and sums up a range.
/// </summary>
internal abstract class MonthsCommand : Command
{
    private readonly TimeProvider _time;
    private readonly SelectionOptions _selection = new();

    protected MonthsCommand(string name, string description, TimeProvider time)
        : base(name, description)
    {
        _time = time;
        Months = new MonthOptions(time);
        Array.ForEach(Places.Ends, Options.Add);
        _selection.AddTo(this);
        Months.AddTo(this);
        SetAction(RunAsync);
    }

    protected PlaceOptions Places { get; } = new();

    protected MonthOptions Months { get; }

    /// <summary>Reads the command's own options.</summary>
    /// <returns>The work to be done for each month.</returns>
    protected abstract IMonthWork WorkOf(
        ParseResult arguments, IObjectStore source, IObjectStore destination, SourceSelection selection);

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var months = Months.Months(arguments);
        var selection = _selection.Of(arguments);
        var (source, destination) = Places.Open(arguments);
        SupportedSystem.Require();
        var work = WorkOf(arguments, source, destination, selection);
        var sequence = new MonthSequence(months, Months.StopsOnFailure(arguments), cancellation);
        try
        {
            await sequence.RunAsync(work, month => new ProgressDisplay(month, months, _time, cancellation));
        }
        finally
        {
            if (Months.IsRange(arguments))
            {
                work.WriteSummary(sequence);
            }
        }

        return sequence.ExitCode;
    }
}
