using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CloudTrailAggregation.SampleData;

var month = new Option<DateOnly>("--month")
{
    Description = "The month to generate.", HelpName = "YYYY-MM", Required = true,
    CustomParser = result =>
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (!DateOnly.TryParseExact(text, "yyyy-MM", out var parsed))
        {
            result.AddError($"--month is YYYY-MM, not '{text}'.");
        }

        return parsed;
    },
};
var output = new Option<DirectoryInfo>("--output")
{
    Description = "Where YYYY/MM/DD/NNNNNN.ndjson.gz is written; the month's folder must not exist.",
    HelpName = "DIR",
    Required = true,
};
var events = new Option<long>("--events")
{
    Description = "Distinct good events.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => 100_000,
};
var seed = new Option<int>("--seed")
{
    Description = "The same seed gives the same bytes; another seed gives another company.",
    HelpName = "NUMBER",
    DefaultValueFactory = _ => SampleArguments.DefaultSeed,
};
var duplicates = Percent(
    "--duplicates",
    "Exact copies in addition, in percent of the events: most in the same day's folder, a few in the next day's.");
var late = Percent("--late", "Events whose eventTime is in the month before or after, in percent of the events.");
var badLines = Percent(
    "--bad-lines", "Lines in addition that are truncated, invalid UTF-8 or not an object, in percent of the events.");
var style = new Option<string>("--style")
{
    Description = "stage1: a space after comma and colon, \\u escapes. compact: no spaces, UTF-8.",
    DefaultValueFactory = _ => "stage1",
};
style.AcceptOnlyFromAmong("stage1", "compact");
var threads = new Option<int>("--threads")
{
    Description = "Days written at once; the bytes do not depend on their number.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};

var command = new RootCommand(
    "Writes a generated month of CloudTrail events as NDJSON, in the form that stage 1 writes. No value is real.")
{
    month, events, output, seed, duplicates, late, badLines, style, threads,
};
command.SetAction(Generate);

var parsed = command.Parse(args);
int exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : exitCode;

int Generate(ParseResult result)
{
    var arguments = new SampleArguments(result.GetValue(month), result.GetValue(events))
    {
        Seed = result.GetValue(seed),
        Style = result.GetValue(style) == "compact" ? JsonStyle.Compact : JsonStyle.Stage1,
        DuplicatesPercent = result.GetValue(duplicates),
        LatePercent = result.GetValue(late),
        BadLinesPercent = result.GetValue(badLines),
    };
    if (arguments.Problem() is { } problem)
    {
        Console.Error.WriteLine(problem);
        return 2;
    }

    string directory = result.GetRequiredValue(output).FullName;
    var watch = Stopwatch.StartNew();
    try
    {
        var summary = new SampleMonth(arguments).WriteTo(directory, Math.Max(1, result.GetValue(threads)));
        Console.Out.Write(Describe(arguments, summary, directory, watch.Elapsed));
        return 0;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or AggregateException)
    {
        Console.Error.WriteLine(((exception as AggregateException)?.Flatten().InnerExceptions[0] ?? exception).Message);
        return 1;
    }
}

static string Describe(SampleArguments arguments, SampleSummary summary, string directory, TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"""
    month       {arguments.Month:yyyy-MM}, seed {arguments.Seed}
    events      {summary.Events,15:N0}
    duplicates  {summary.Duplicates,15:N0}
    bad lines   {summary.BadLines,15:N0}
    lines       {summary.Lines,15:N0}
    late        {summary.Late,15:N0}   (of the events)
    bytes       {summary.Bytes,15:N0}   unpacked
                {summary.PackedBytes,15:N0}   in {summary.Files:N0} files
    written to  {directory}
    in          {elapsed.TotalSeconds:N1} s

    """);

static Option<decimal> Percent(string name, string description) =>
    new(name) { Description = description, HelpName = "PERCENT", DefaultValueFactory = _ => 0m };
