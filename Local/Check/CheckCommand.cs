using System.CommandLine;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Check;

/// <summary><c>check</c>: proves that the files of months hold all of their source.</summary>
internal sealed class CheckCommand : MonthsCommand
{
    private const string Examples = """
        Examples:
          The month that the first command of the README wrote:
            dotnet run --project Local -- check --source tests/data/trail --destination out --month 2024-03

          A year of a trail in S3; nothing is written:
            AWS_PROFILE=audit dotnet run --project Local -- check \
              --source s3://my-trail-bucket/AWSLogs/o-exampleorg1 --destination s3://my-logs/cloudtrail_monthly \
              --from 2023-01 --to 2023-12

          One account's part of a trail, written with the same option:
            dotnet run --project Local -- check \
              --source logs/AWSLogs --account 111122223333 --destination one --month 2024-02

        The options --layout, --account, --region and --no-deduplicate are those that the months were written with.
        Another JSON reader than the one that wrote the file reads every record of the source again. The record must be
        a duplicate, be kept as a reject byte for byte, or be the next row: each member's value with its bytes.
        Exit code: 0 every event is in the files; 1 an event is missing or differs (stderr has the first difference),
        a file cannot be read, or a month has nothing to check (0 with --allow-empty); 2 wrong usage; 130 cancelled with
        Ctrl-C.
        """;

    private readonly TimeProvider _time;
    private readonly Option<bool> _keepDuplicates = new("--no-deduplicate")
    {
        Description = "The month was written with this option: each exact copy is a row.",
    };

    public CheckCommand(TimeProvider time)
        : base(
            "check",
            "Compares Parquet files with their source, event by event, and reports the first difference.", time)
    {
        _time = time;
        Option[] options = [_keepDuplicates, .. Places.Servers, CommandHelp.OptionWith(Examples)];
        Array.ForEach(options, Options.Add);
    }

    protected override IMonthWork WorkOf(
        ParseResult arguments, IObjectStore source, IObjectStore destination, SourceSelection selection) =>
        new CheckWork(source, destination, selection, _time)
        {
            Deduplicates = !arguments.GetValue(_keepDuplicates),
            AllowsEmpty = Months.AllowsEmpty(arguments),
            IsVerbose = arguments.GetValue(Failure.Verbose),
        };
}
