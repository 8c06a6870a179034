using System.CommandLine;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Local.Check;

/// <summary><c>check</c>: proves that months' files hold all of their source.</summary>
internal sealed class CheckCommand : Command
{
    private const string Examples = """
        Examples:
          The month that the first command of the README wrote:
            dotnet run --project Local -- check --source tests/data/cloudtrail_daily --destination out --month 2024-02

          A year in S3; nothing is written:
            AWS_PROFILE=audit dotnet run --project Local -- check \
              --source s3://my-logs/cloudtrail_daily --destination s3://my-logs/cloudtrail_monthly --from 2023-01 --to 2023-12

        Every record of the source is read again, by another JSON reader than the one that wrote the file, and must be a
        duplicate, be kept as a reject byte for byte, or be the next row: each member's value with its bytes.
        Exit code: 0 every event is in the files; 1 it is not (the first difference is on stderr), a file cannot be read, or a
        month has nothing to check (0 with --allow-empty); 2 wrong usage; 130 cancelled with Ctrl-C.
        """;

    private readonly TimeProvider _time;
    private readonly PlaceOptions _places = new();
    private readonly MonthOptions _months;
    private readonly Option<bool> _keepDuplicates = new("--no-deduplicate")
    {
        Description = "The month was written with this option: exact copies are rows of their own.",
    };

    public CheckCommand(TimeProvider time)
        : base("check", "Compares months' Parquet files with their source, event by event, and says where they differ first.")
    {
        _time = time;
        _months = new MonthOptions(time);
        Array.ForEach(_places.Ends, Options.Add);
        _months.AddTo(this);
        Option[] options = [_keepDuplicates, .. _places.Servers, CommandHelp.OptionWith(Examples)];
        Array.ForEach(options, Options.Add);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var months = _months.Months(arguments);
        var (source, destination) = _places.Open(arguments);
        SupportedSystem.Require();
        var sequence = new MonthSequence(months, _months.StopsOnFailure(arguments), cancellation);
        try
        {
            await sequence.RunAsync(
                OneAsync,
                (month, failure) => Failure.Failed(failure, arguments.GetValue(Failure.Verbose), $"{month}: "),
                month => $"before the end of {month}, of which nothing is proven; nothing was changed");
        }
        finally
        {
            if (_months.IsRange(arguments))
            {
                await Console.Out.WriteLineAsync();
                sequence.WriteSummary(Console.Out, ">files", ">records", ">events", ">duplicates", ">rejects");
            }
        }

        return sequence.ExitCode;

        async Task<MonthOutcome> OneAsync(Month month)
        {
            var progress = new ProgressDisplay(month, months, _time, cancellation);
            using var check = new MonthCheck(source, destination, !arguments.GetValue(_keepDuplicates), progress);
            var found = await progress.ShowWhileAsync(() => check.RunAsync(month, cancellation));
            if (found.Files.Count == 0 && !_months.AllowsEmpty(arguments))
            {
                string reason = await new EmptyMonth(source, month, _time).ReasonAsync(found.SourceFiles, new IgnoredKeys(0, []), cancellation);
                throw new AggregationException($"{reason} {MonthOptions.AllowEmptyHint}");
            }

            await Console.Out.WriteLineAsync(Proof(month, found));
            var counts = found.Counts;
            return new MonthOutcome(
                month,
                [.. ((long[])[found.SourceFiles, counts.Records, counts.Events, counts.Duplicates, counts.Rejects]).Select(count => $"{count:N0}")],
                found.Files.Count == 0 ? "no records, no file" : "every event is in the file");
        }
    }

    private static string Proof(Month month, CheckedMonth found)
    {
        var counts = found.Counts;
        return found.Files.Count == 0
            ? $"{month}: no records in the source, and no file."
            : $"{month}: {Quantity.Of(counts.Records, "record")} = {Quantity.Of(counts.Events, "event")} + {Quantity.Of(counts.Duplicates, "duplicate")} + {Quantity.Of(counts.Rejects, "reject")}; every event is in {SingleLine.Escaped(string.Join(", ", found.Files))}";
    }
}
