using System.CommandLine;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local.Show;

/// <summary><c>show</c>: prints what is in Parquet files.</summary>
internal sealed class ShowCommand : Command
{
    private const int DefaultTop = 10;
    private const int MaxTop = 10_000;

    private const string Examples = """
        Examples:
          A month: columns, sizes, encodings, metadata, and its first row:
            dotnet run --project Local -- show out/2024/02/000000.parquet

          The most frequent values in it, and events per day:
            dotnet run --project Local -- show --top 5 out/2024/02/000000.parquet

          All months of a bucket together, without a row:
            AWS_PROFILE=audit dotnet run --project Local -- show --rows 0 --top 10 s3://my-logs/cloudtrail_monthly

        A caller is what the column caller has, or in a file without it what it would have: the role that a session was
        made from; otherwise the ARN, the AWS service, the user's name, the principal or the kind of identity.
        Exit code: 0 done, 1 a file cannot be read, 2 wrong usage, 130 cancelled with Ctrl-C.
        """;

    private readonly PlaceOptions _places = new();
    private readonly Argument<string?> _place = new("FILE|DIR|s3://...")
    {
        Description = "A Parquet file, or a directory or prefix with *.parquet below it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _rows = OptionTypes.Number(
        "--rows", "How many of the first rows to print.", "COUNT", 1, 0, 10_000);

    private readonly Option<string?> _top = new("--top")
    {
        Description = $"Count events by name, source, error, caller and day; the first COUNT of each ({DefaultTop}).",
        HelpName = "COUNT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object, without rows, and nothing else on stdout.",
    };

    public ShowCommand()
        : base(
            "show", "Shows what is in Parquet files of any tool: columns, sizes, metadata, rows, counts.")
    {
        Arguments.Add(_place);
        Option[] options = [_rows, _top, .. _places.Server, _json, CommandHelp.OptionWith(Examples)];
        Array.ForEach(options, Options.Add);
        SetAction(RunAsync);
    }

    /// <summary>
    /// The place to show, and the count of --top. A word after --top that is not a number is the place.
    /// </summary>
    /// <exception cref="WrongUsageException">There is no place, or the count is out of range.</exception>
    private (string Place, int Top) PlaceAndTop(ParseResult arguments)
    {
        string? place = arguments.GetValue(_place);
        string? top = arguments.GetValue(_top);
        bool isCount = int.TryParse(top, out int count);
        if (top is not null && (isCount ? count is < 1 or > MaxTop : place is not null))
        {
            throw new WrongUsageException($"--top takes a whole number from 1 to {MaxTop}, not '{top}'.");
        }

        place ??= isCount ? null : top;
        return place is null
            ? throw new WrongUsageException($"Give a {_place.Name} to show.")
            : (place, isCount ? count : DefaultTop);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var (place, top) = PlaceAndTop(arguments);
        SupportedSystem.Require();
        var (store, files) = await ParquetFiles.FindAsync(place, _places.Endpoint(arguments), cancellation);
        var details = files.Select(file => DetailsOf(store, file, cancellation)).ToList();
        var activity = arguments.GetResult(_top) is null ? null : ActivityOf(store, files, cancellation).Details(top);
        if (arguments.GetValue(_json))
        {
            await Console.Out.WriteLineAsync(SingleLine.Escaped(ShowJson.Text(new ShowDetails(details, activity))));
            return 0;
        }

        var text = new ShowText(Console.Out);
        text.WriteFiles(details);
        text.WriteColumns(details);
        if (details.Count == 1)
        {
            text.WriteRowGroups(details[0]);
            text.WriteMetadata(details[0]);
        }

        WriteFirstRows(text, store, files[0], arguments.GetValue(_rows), cancellation);
        if (activity is not null)
        {
            text.WriteActivity(activity);
        }

        return 0;
    }

    private static FileDetails DetailsOf(IObjectStore store, StoredObject file, CancellationToken cancellation)
    {
        using var table = new ParquetTable(store, file, cancellation);
        return table.Details();
    }

    private static void WriteFirstRows(
        ShowText text, IObjectStore store, StoredObject file, int rows, CancellationToken cancellation)
    {
        using var table = new ParquetTable(store, file, cancellation);
        text.WriteRows(table, rows);
    }

    private static Activity ActivityOf(
        IObjectStore store, IReadOnlyList<StoredObject> files, CancellationToken cancellation)
    {
        var activity = new Activity();
        foreach (var file in files)
        {
            using var table = new ParquetTable(store, file, cancellation);
            activity.Add(table, cancellation);
        }

        return activity;
    }
}
