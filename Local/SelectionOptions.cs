using System.CommandLine;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local;

/// <summary>The options that say what is read of the source: its layout, and a trail's accounts and regions.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<string> _layout = OptionTypes.NameOf(
        "--layout", "auto looks for AWSLogs/ (a trail) and YYYY/ (daily).", SourceLayout.Auto);

    private readonly Option<IReadOnlyList<string>> _accounts = OptionTypes.Names(
        "--account", "Of a trail, only these accounts; by default all.", "ID,...",
        "12-digit account ids with commas between them", SourceSelection.TryParseAccounts);

    private readonly Option<IReadOnlyList<string>> _regions = OptionTypes.Names(
        "--region", "Of a trail, only these regions; by default all.", "REGION,...",
        "regions such as eu-central-1 with commas between them", SourceSelection.TryParseRegions);

    public void AddTo(Command command) => Array.ForEach<Option>([_layout, _accounts, _regions], command.Options.Add);

    /// <exception cref="WrongUsageException">The layout is daily, and accounts or regions are chosen.</exception>
    public SourceSelection Of(ParseResult arguments)
    {
        var selection = new SourceSelection
        {
            Layout = Enum.Parse<SourceLayout>(arguments.GetRequiredValue(_layout), ignoreCase: true),
            Accounts = arguments.GetValue(_accounts) ?? [],
            Regions = arguments.GetValue(_regions) ?? [],
        };
        return selection is { Layout: SourceLayout.Daily, IsNarrowed: true }
            ? throw new WrongUsageException(
                "--account and --region choose from a trail. Leave them out, or say --layout trail.")
            : selection;
    }
}
