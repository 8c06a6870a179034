using System.CommandLine;
using System.CommandLine.Help;
using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local;

/// <summary><c>aggregate</c>: a month of NDJSON becomes its Parquet file.</summary>
internal sealed class AggregateCommand : Command
{
    private const string PlaceForm = "DIR|s3://bucket/prefix";

    private readonly TimeProvider _time;
    private readonly Option<string> _source = new("--source")
    {
        Description = "Where YYYY/MM/DD/*.ndjson.gz is, one event a line.", HelpName = PlaceForm, Required = true,
    };

    private readonly Option<string> _destination = new("--destination")
    {
        Description = "Where YYYY/MM/000000.parquet is written; may be the source.", HelpName = PlaceForm, Required = true,
    };

    private readonly Option<Month> _month;
    private readonly Option<bool> _replace = new("--replace")
    {
        Description = "Let the month be replaced even by one with fewer events.",
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

    private readonly Option<Uri> _endpointUrl = OptionTypes.WebAddress(
        "--endpoint-url", "The address of an S3-compatible server; otherwise AWS.");

    private readonly Option<bool> _pathStyle = new("--path-style")
    {
        Description = "Put the bucket into the path instead of the host name, as most S3-compatible servers want it.",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the bare report as JSON, as the Lambda answers.",
    };

    public AggregateCommand(TimeProvider time)
        : base("aggregate", "Writes a month's events as one Parquet file, or leaves the month as it was and says why.")
    {
        _time = time;
        _month = OptionTypes.Month("--month", "The month to write, by the day of delivery (UTC).", Month.Of(time.GetUtcNow()));
        _month.Required = true;
        Option[] options =
        [
            _source, _destination, _month, _replace, _rowsPerFile, _compression, _keepDuplicates, _maxRejectedPercent,
            _threads, _endpointUrl, _pathStyle, _json, new HelpOption { Action = new AggregateHelp() },
        ];
        Array.ForEach(options, Options.Add);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var endpoint = Place.Endpoint(arguments.GetValue(_endpointUrl), arguments.GetValue(_pathStyle));
        var destination = Place.Open(arguments.GetRequiredValue(_destination), endpoint);
        var source = Place.OpenSource(arguments.GetRequiredValue(_source), endpoint);
        var month = arguments.GetValue(_month);

        var progress = new ProgressDisplay(month, _time, cancellation);
        var aggregation = new MonthAggregation(source, destination, OptionsOf(arguments), _time, progress);
        var report = await progress.ShowWhileAsync(() => aggregation.RunAsync(month, cancellation));

        string folder = source.UriOf(month.Prefix);
        if (report.Status == MonthStatus.Empty)
        {
            await Console.Error.WriteLineAsync($"no events: there is nothing to read in {folder} (DD/*.ndjson or *.json, also with .gz)");
        }

        if (arguments.GetValue(_json))
        {
            await Console.Out.WriteLineAsync(ReportJson.Text(report));
        }
        else
        {
            new ReportText(Console.Out, folder, endpoint).Write(report);
        }

        return 0;
    }

    private AggregationOptions OptionsOf(ParseResult arguments) => new()
    {
        RowsPerFile = arguments.GetValue(_rowsPerFile),
        Codec = Enum.Parse<Codec>(arguments.GetRequiredValue(_compression), ignoreCase: true),
        Deduplicate = !arguments.GetValue(_keepDuplicates),
        MaxRejectedPercent = arguments.GetValue(_maxRejectedPercent),
        Threads = arguments.GetValue(_threads),
        Replace = arguments.GetValue(_replace),
    };
}
