using System.CommandLine;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Run;

namespace CloudTrailAggregation.Local;

/// <summary><c>aggregate</c>: months of NDJSON become their Parquet files.</summary>
internal sealed class AggregateCommand : Command
{
    private readonly TimeProvider _time;
    private readonly PlaceOptions _places = new();
    private readonly MonthOptions _months;
    private readonly Option<bool> _replace = new("--replace")
    {
        Description = "Let a month be replaced even by one with fewer events.",
    };

    private readonly Option<long> _rowsPerFile = OptionTypes.Number(
        "--rows-per-file", "Begin another file after this many rows; 0: one file a month.", "ROWS", 0L, 0L, long.MaxValue);

    private readonly Option<string> _compression = OptionTypes.NameOf(
        "--compression", "How the Parquet file is compressed.", Codec.Zstd);

    private readonly Option<bool> _keepDuplicates = new("--no-deduplicate")
    {
        Description = "Keep exact copies of a line; otherwise they are dropped and counted.",
    };

    private readonly Option<double> _maxRejectedPercent = OptionTypes.Number(
        "--max-rejected-percent", "Fail when more than 100 lines, and more than this share of them, are no events.", "PERCENT", 1.0, 0.0, 100.0);

    private readonly Option<int> _threads = OptionTypes.Number(
        "--threads", "Threads that read and encode; the file does not depend on it.", "COUNT", Environment.ProcessorCount, 1, 1024);

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print a line of JSON for each month, the Lambda's report of it, and nothing else on stdout.",
    };

    public AggregateCommand(TimeProvider time)
        : base("aggregate", "Writes each month's events as one Parquet file, or leaves the month as it was and says why.")
    {
        _time = time;
        _months = new MonthOptions(time);
        Array.ForEach(_places.Ends, Options.Add);
        _months.AddTo(this);
        Option[] options =
        [
            _replace, _rowsPerFile, _compression, _keepDuplicates, _maxRejectedPercent, _threads, _places.Encryption, .. _places.Servers, _json,
            CommandHelp.OptionWith(AggregateExamples.Text),
        ];
        Array.ForEach(options, Options.Add);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var months = _months.Months(arguments);
        var (source, destination) = _places.Open(arguments);
        SupportedSystem.Require();
        if (SharedPrefix.Note(source, destination) is { } note)
        {
            await Console.Error.WriteLineAsync($"note: {Failure.OnOneLine(note)}");
        }

        var options = OptionsOf(arguments);
        bool json = arguments.GetValue(_json);
        bool range = _months.IsRange(arguments);
        var sequence = new MonthSequence(months, _months.StopsOnFailure(arguments), cancellation);
        try
        {
            await sequence.RunAsync(OneAsync, Failed, month => $"before the commit of {month}: it is as it was, and nothing half-done is left");
        }
        finally
        {
            if (range && !json)
            {
                sequence.WriteSummary(Console.Out, ">files", ">records", ">events", ">duplicates", ">rejects");
            }
        }

        return sequence.ExitCode;

        async Task<MonthOutcome> OneAsync(Month month)
        {
            var progress = new ProgressDisplay(month, months, _time, cancellation);
            var aggregation = new AggregationRun(source, destination, options, _time, progress);
            var report = await progress.ShowWhileAsync(() => aggregation.RunAsync(new Unit(month), cancellation));
            string folder = source.UriOf(month.Prefix);
            if (report.Status == RunStatus.Empty)
            {
                WriteEmpty(month, report.Reason!);
            }

            if (json)
            {
                await Console.Out.WriteLineAsync(SingleLine.Escaped(ReportJson.Text(report)));
            }
            else if (!range)
            {
                new ReportText(Console.Out, folder, _places.DestinationEndpoint(arguments)).Write(report);
            }
            else if (report.Status == RunStatus.Written)
            {
                await Console.Error.WriteLineAsync($"{month}: {Quantity.Of(report.Events, "event")}, {Quantity.Bytes(report.OutputBytes)}, {Quantity.Duration(TimeSpan.FromMilliseconds(report.DurationMilliseconds))}");
            }

            return ReportText.Outcome(month, report, failed: report.Status == RunStatus.Empty && !_months.AllowsEmpty(arguments));
        }

        void WriteEmpty(Month month, string reason) => Console.Error.WriteLine(_months.AllowsEmpty(arguments)
            ? $"no events: {SingleLine.Of(reason)}"
            : $"error: {(range ? $"{month}: " : "")}{SingleLine.Of(reason)} {MonthOptions.AllowEmptyHint}");

        void Failed(Month month, Exception failure)
        {
            Failure.Failed(failure, arguments.GetValue(Failure.Verbose), range ? $"{month}: " : "");
            if (json)
            {
                Console.Out.WriteLine(FailedMonth.Text(month, failure));
            }
        }
    }

    private RunOptions OptionsOf(ParseResult arguments) => new()
    {
        RowsPerFile = arguments.GetValue(_rowsPerFile),
        Codec = Enum.Parse<Codec>(arguments.GetRequiredValue(_compression), ignoreCase: true),
        Deduplicate = !arguments.GetValue(_keepDuplicates),
        MaxRejectedPercent = arguments.GetValue(_maxRejectedPercent),
        Threads = arguments.GetValue(_threads),
        Replace = arguments.GetValue(_replace),
    };
}
