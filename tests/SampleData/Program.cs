using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CloudTrailAggregation.SampleData;
using CloudTrailAggregation.SampleData.Trail;

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
    Description =
        "Where YYYY/MM/DD/NNNNNN.ndjson.gz or AWSLogs/ is written; the month's folder or AWSLogs/ must not exist.",
    HelpName = "DIR",
    Required = true,
};
var layout = new Option<string>("--layout")
{
    Description = "daily: NDJSON, as stage 1 writes it. trail: log files below AWSLogs/, as CloudTrail delivers them.",
    DefaultValueFactory = _ => "daily",
};
layout.AcceptOnlyFromAmong("daily", "trail");
var organization = new Option<string?>("--organization")
{
    Description = "Of a trail: the organization's id. Without it, each account has a trail of its own.",
    HelpName = "o-ID",
};
var accounts = new Option<int>("--accounts")
{
    Description =
        $"Of a trail: 1 to {TrailArguments.MaxAccounts} accounts, of which the first have most of the events.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => 1,
};
var regions = new Option<int>("--regions")
{
    Description = $"Of a trail: 1 to {TrailArguments.MaxRegions} regions, of which the first have most of the events.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => 1,
};
var days = new Option<int?>("--days")
{
    Description = "The number of days with events, from the month's first. Default: the whole month.",
    HelpName = "COUNT",
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
    "Exact copies in addition, in percent of the events: most in the same day's folder, a few in the next day's. "
        + "Of a trail: in objects of a second trail.");
var late = Percent("--late", "Events whose eventTime is in the month before or after, in percent of the events.");
var badLines = Percent(
    "--bad-lines",
    "Lines in addition that are truncated, invalid UTF-8 or not an object, in percent of the events. "
        + "Of a trail: elements that are not an object.");
var style = new Option<string>("--style")
{
    Description = "stage1: a space after comma and colon, \\u escapes. compact: no spaces, UTF-8. A trail is compact.",
    DefaultValueFactory = _ => "stage1",
};
style.AcceptOnlyFromAmong("stage1", "compact");
var threads = new Option<int>("--threads")
{
    Description = "Days, or accounts of a trail, written at once; the bytes do not depend on their number.",
    HelpName = "COUNT",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};

var command = new RootCommand(
    "Writes a generated month of CloudTrail events, as stage 1 or CloudTrail itself writes it. No value is real.")
{
    month, layout, organization, accounts, regions, days, events, output, seed, duplicates, late, badLines, style,
    threads,
};
command.SetAction(Generate);

var parsed = command.Parse(args);
int exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : exitCode;

int Generate(ParseResult result)
{
    bool isTrail = result.GetValue(layout) == "trail";
    var monthly = new SampleArguments(result.GetValue(month), result.GetValue(events))
    {
        Seed = result.GetValue(seed),
        Days = result.GetValue(days),
        Style = isTrail || result.GetValue(style) == "compact" ? JsonStyle.Compact : JsonStyle.Stage1,
        DuplicatesPercent = result.GetValue(duplicates),
        LatePercent = result.GetValue(late),
        BadLinesPercent = result.GetValue(badLines),
    };
    var trail = new TrailArguments(monthly)
    {
        Organization = result.GetValue(organization),
        Accounts = result.GetValue(accounts),
        Regions = result.GetValue(regions),
    };
    string? problem = isTrail ? IsGiven(style) ? "--style is of --layout daily." : trail.Problem()
        : new Option[] { organization, accounts, regions }.FirstOrDefault(IsGiven) is { } option
            ? $"{option.Name} is of --layout trail."
        : monthly.Problem();
    if (problem is not null)
    {
        Console.Error.WriteLine(problem);
        return 2;
    }

    return Written(
        result.GetRequiredValue(output).FullName,
        Math.Max(1, result.GetValue(threads)),
        (directory, atOnce) => isTrail
            ? DescribeTrail(trail, new SampleTrail(trail).WriteTo(directory, atOnce))
            : DescribeMonth(monthly, new SampleMonth(monthly).WriteTo(directory, atOnce)));

    bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
}

static int Written(string directory, int threads, Func<string, int, string> write)
{
    var watch = Stopwatch.StartNew();
    try
    {
        Console.Out.Write(write(directory, threads));
        Console.Out.WriteLine($"written to  {directory}");
        Console.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"in          {watch.Elapsed.TotalSeconds:N1} s"));
        return 0;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or AggregateException)
    {
        Console.Error.WriteLine(((exception as AggregateException)?.Flatten().InnerExceptions[0] ?? exception).Message);
        return 1;
    }
}

static string DescribeMonth(SampleArguments arguments, SampleSummary summary) =>
    string.Create(CultureInfo.InvariantCulture, $"""
        month       {arguments.Month:yyyy-MM}, seed {arguments.Seed}
        events      {summary.Events,15:N0}
        duplicates  {summary.Duplicates,15:N0}
        bad lines   {summary.BadLines,15:N0}
        lines       {summary.Lines,15:N0}
        late        {summary.Late,15:N0}   (of the events)
        bytes       {summary.Bytes,15:N0}   unpacked
                    {summary.PackedBytes,15:N0}   in {summary.Files:N0} files

        """);

static string DescribeTrail(TrailArguments arguments, TrailSummary summary) =>
    string.Create(CultureInfo.InvariantCulture, $"""
        month       {arguments.Month.Month:yyyy-MM}, seed {arguments.Month.Seed}, {Scope(arguments)}
        events      {summary.Events,15:N0}
        duplicates  {summary.Duplicates,15:N0}
        not events  {summary.NotEvents,15:N0}
        records     {summary.Records,15:N0}
        late        {summary.Late,15:N0}   (of the events)
        bytes       {summary.Bytes,15:N0}   unpacked
                    {summary.PackedBytes,15:N0}   in {summary.Objects:N0} objects
        beside      {summary.ObjectsBeside,15:N0}   objects without events

        """);

static string Scope(TrailArguments arguments) => string.Create(
    CultureInfo.InvariantCulture, $"{arguments.Accounts:N0} accounts, {arguments.Regions:N0} regions");

static Option<decimal> Percent(string name, string description) =>
    new(name) { Description = description, HelpName = "PERCENT", DefaultValueFactory = _ => 0m };
