using System.CommandLine;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The options that say which months: --month, or --from and --to.</summary>
internal sealed class MonthOptions
{
    /// <summary>The end of each message about an empty month.</summary>
    public const string AllowEmptyHint = "With --allow-empty a month may be empty.";

    private readonly Option<Month> _month;
    private readonly Option<Month> _from;
    private readonly Option<Month> _to;
    private readonly Option<bool> _stopOnFailure = new("--stop-on-failure")
    {
        Description = "Stop at the first month that fails; by default each month is tried.",
    };

    private readonly Option<bool> _allowEmpty = new("--allow-empty")
    {
        Description = "Count a month that has nothing to read as done, not as failed.",
    };

    public MonthOptions(TimeProvider time)
    {
        var latest = Month.Of(time.GetUtcNow());
        _month = OptionTypes.Month("--month", "The month, by the day of delivery (UTC).", latest);
        _from = OptionTypes.Month("--from", "The first of several months, each in turn; with --to.", latest);
        _to = OptionTypes.Month("--to", "The last of them.", latest);
    }

    public void AddTo(Command command)
    {
        Array.ForEach<Option>([_month, _from, _to, _stopOnFailure, _allowEmpty], command.Options.Add);
        command.Validators.Add(arguments =>
        {
            bool hasMonth = arguments.GetResult(_month) is not null;
            bool hasFirst = arguments.GetResult(_from) is not null;
            bool hasLast = arguments.GetResult(_to) is not null;
            if (hasFirst == hasLast && hasMonth != hasFirst)
            {
                return;
            }

            // System.CommandLine stops at an error of a validator, so the required options are checked here too.
            foreach (var option in command.Options.Where(option => option.Required))
            {
                if (arguments.GetResult(option) is null)
                {
                    arguments.AddError($"Option '{option.Name}' is required.");
                }
            }

            arguments.AddError("Give --month, or --from and --to.");
        });
    }

    /// <exception cref="WrongUsageException">--to is before --from.</exception>
    public IReadOnlyList<Month> Months(ParseResult arguments)
    {
        var (first, last) = IsRange(arguments)
            ? (arguments.GetValue(_from), arguments.GetValue(_to))
            : (arguments.GetValue(_month), arguments.GetValue(_month));
        if (last < first)
        {
            throw new WrongUsageException($"--to {last} is before --from {first}.");
        }

        List<Month> months = [];
        for (var month = first; month <= last; month = month.Next)
        {
            months.Add(month);
        }

        return months;
    }

    /// <summary>Whether --from and --to were given.</summary>
    public bool IsRange(ParseResult arguments) => arguments.GetResult(_from) is not null;

    /// <summary>Whether a month that has nothing to read counts as done.</summary>
    public bool AllowsEmpty(ParseResult arguments) => arguments.GetValue(_allowEmpty);

    public bool StopsOnFailure(ParseResult arguments) => arguments.GetValue(_stopOnFailure);
}
