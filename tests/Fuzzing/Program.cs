using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Fuzzing;
using CloudTrailAggregation.Tests;

// Fuzzes the code that reads the source: by a seeded generator and mutator, or by coverage (tests/Fuzzing/coverage.sh).

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 1 };
var seed = new Option<ulong>("--seed")
{
    Description = "Decides every input; it is printed, so that a run can be repeated.",
    DefaultValueFactory = _ => (ulong)Random.Shared.Next(),
};
var first = new Option<long>("--first")
{
    Description = "The number of the first input of the seed.",
    DefaultValueFactory = _ => 1,
};
var only = new Option<string?>("--target") { Description = $"{string.Join(", ", TargetList.Names)}; by default all." };
var replay = new Option<FileInfo?>("--replay") { Description = "Runs --target over this file alone." };
var coverage = new Option<bool>("--coverage")
{
    Description = "Runs --target for afl-fuzz; the product must be instrumented.",
};
var instrument = new Option<FileInfo?>("--instrument") { Description = "Instruments this Aggregation.dll and ends." };
var corpusTo = new Option<DirectoryInfo?>("--write-corpus")
{
    Description = "Writes inputs for afl-fuzz to start from, and ends.",
};

var root = new RootCommand("Fuzzes the code that reads the source.")
{
    minutes, seed, first, only, replay, coverage, instrument, corpusTo,
};
root.SetAction(arguments =>
{
    if (arguments.GetValue(instrument) is { } assembly)
    {
        Coverage.Instrument(assembly.FullName);
        return 0;
    }

    string? name = arguments.GetValue(only);
    string[] names = Array.FindAll(TargetList.Names, target => name is null || target == name);
    if (names.Length == 0)
    {
        Console.Error.WriteLine(
            $"--target {name}: there is no such target. Give one of {string.Join(", ", TargetList.Names)}.");
        return 2;
    }

    if (arguments.GetValue(coverage))
    {
        Coverage.Run(() => TargetList.Make(names[0]));
        return 0;
    }

    using var list = new TargetList(names);
    var targets = list.All;
    if (arguments.GetValue(replay) is { } file)
    {
        targets[0].Run(File.ReadAllBytes(file.FullName));
        Console.WriteLine("no finding");
        return 0;
    }

    var corpus = new Corpus(Repository.File("tests", "data"));
    ulong from = arguments.GetValue(seed);
    if (arguments.GetValue(corpusTo) is { } directory)
    {
        directory.Create();
        for (int number = 0; number < 40; number++)
        {
            string path = Path.Combine(directory.FullName, number.ToString("D3", CultureInfo.InvariantCulture));
            File.WriteAllBytes(path, targets[0].Generate(new Random(number), corpus));
        }

        return 0;
    }

    using var run = new FuzzRun(targets, corpus, from);
    return run.Run(TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(first)) ? 0 : 1;
});
return root.Parse(args).Invoke();
