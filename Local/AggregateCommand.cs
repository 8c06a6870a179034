using System.CommandLine;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local;

/// <summary><c>aggregate</c>: turns months of events into Parquet files.</summary>
internal sealed class AggregateCommand : MonthsCommand
{
    private readonly TimeProvider _time;
    private readonly Option<bool> _replace = new("--replace")
    {
        Description = "Replace a month even by one with fewer events.",
    };

    private readonly Option<string> _unit = OptionTypes.NameOf(
        "--unit", "One file for the month, or one for each day.", UnitKind.Month);

    private readonly Option<long> _rowsPerFile = OptionTypes.Number(
        "--rows-per-file", "Start another file after this many rows; 0: one file a unit.", "ROWS",
        0L, 0L, long.MaxValue);

    private readonly Option<string> _compression = OptionTypes.NameOf(
        "--compression", "The compression of the Parquet file.", Codec.Zstd);

    private readonly Option<bool> _keepDuplicates = new("--no-deduplicate")
    {
        Description = "Keep exact copies of a record; by default they are dropped and counted.",
    };

    private readonly Option<double> _maxRejectedPercent = OptionTypes.Number(
        "--max-rejected-percent",
        "Fail when more than 100 records and this share are not events.", "PERCENT",
        1.0, 0.0, 100.0);

    private readonly Option<string> _damagedObjects = OptionTypes.NameOf(
        "--damaged-objects", "A damaged file fails the month, or is left out and named.", DamagedObjects.Fail);

    private readonly Option<int> _threads = OptionTypes.Number(
        "--threads", "Threads; the file does not depend on their number.", "COUNT",
        Environment.ProcessorCount, 1, 1024);

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Say what would be read, written and removed, and do none of it.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print only a line of JSON for each month, the Lambda's report.",
    };

    public AggregateCommand(TimeProvider time)
        : base(
            "aggregate",
            "Writes each month's events as one Parquet file, or leaves the month unchanged and says why.", time)
    {
        _time = time;
        Option[] options =
        [
            _dryRun, _unit, _replace, _rowsPerFile, _compression, _keepDuplicates, _maxRejectedPercent, _damagedObjects,
            _threads, Places.Encryption, .. Places.Servers, _json, CommandHelp.OptionWith(AggregateExamples.Text),
        ];
        Array.ForEach(options, Options.Add);
    }

    protected override IMonthWork WorkOf(
        ParseResult arguments, IObjectStore source, IObjectStore destination, SourceSelection selection)
    {
        return new AggregateWork(source, destination, OptionsOf(arguments, selection), _time)
        {
            IsRange = Months.IsRange(arguments),
            AllowsEmpty = Months.AllowsEmpty(arguments),
            IsDryRun = arguments.GetValue(_dryRun),
            IsJson = arguments.GetValue(_json),
            IsVerbose = arguments.GetValue(Failure.Verbose),
            Endpoint = Places.DestinationEndpoint(arguments),
        };
    }

    private RunOptions OptionsOf(ParseResult arguments, SourceSelection selection) => new()
    {
        Selection = selection,
        Unit = Enum.Parse<UnitKind>(arguments.GetRequiredValue(_unit), ignoreCase: true),
        RowsPerFile = arguments.GetValue(_rowsPerFile),
        Codec = Enum.Parse<Codec>(arguments.GetRequiredValue(_compression), ignoreCase: true),
        Deduplicate = !arguments.GetValue(_keepDuplicates),
        MaxRejectedPercent = arguments.GetValue(_maxRejectedPercent),
        DamagedObjects = Enum.Parse<DamagedObjects>(arguments.GetRequiredValue(_damagedObjects), ignoreCase: true),
        Threads = arguments.GetValue(_threads),
        Replace = arguments.GetValue(_replace),
    };
}
