using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Tests.Local;
using TestCredentials = CloudTrailAggregation.Tests.TestCredentials;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>s3</c>: measures a month from S3 to S3 beside the same month from directory to directory.</summary>
internal sealed class S3Command : Command
{
    /// <summary>The standard month with 1 GB of text.</summary>
    private const long Events = 630_000;

    private readonly CommonOptions _common = new();
    private readonly Option<int> _delay = ServerOptions.Delay(30);
    private readonly Option<double> _bandwidth = ServerOptions.Bandwidth(75);

    public S3Command()
        : base("s3", "Measures the terminal tool over S3, in both layouts, beside the same month in directories.")
    {
        _common.AddTo(this);
        _common.Events.DefaultValueFactory = _ => Events;
        Options.Add(_delay);
        Options.Add(_bandwidth);
        SetAction((arguments, _) => RunAsync(arguments));
    }

    private async Task RunAsync(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        long events = arguments.GetValue(_common.Events);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        string product = _common.ProductOf(arguments);
        TestCredentials.SetHere();

        var result = new ResultFile("A month over S3", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of both in turn, after one that is not counted; the terminal tool on one thread, pinned "
            + $"to one core; a server of the benchmark's own on the others answers each request after "
            + $"{arguments.GetValue(_delay)} ms and sends and takes {arguments.GetValue(_bandwidth)} MB/s, over "
            + $"loopback without TLS"));
        result.Paragraph("""
            The terminal tool and not the function, because its process begins and ends with the month and reads
            directories too; the code between the two ends is the same.
            """);
        foreach (var generated in (GeneratedMonth[])[GeneratedMonth.Standard(events), GeneratedMonth.Trail(events)])
        {
            var month = generated.Below(cache, CommonOptions.Say);
            using var server = new ServerProcess(
                Processor.AllButLast(1), "--directory", month.Source,
                "--delay", SourceMonth.Text(arguments.GetValue(_delay)),
                "--bandwidth", arguments.GetValue(_bandwidth).ToString(CultureInfo.InvariantCulture));
            using var work = new Workspace(cache);
            Contestant[] contestants = [new Contest(product, month, pin: true).Ours(1), OverS3(product, month, server)];
            var run = new Rounds(work.Path, CommonOptions.Say);
            await CheckAsync(run.WarmUp(contestants)[0], server, work);
            var taken = run.Run(contestants, rounds);
            result.Paragraph(string.Create(
                CultureInfo.InvariantCulture,
                $"## {month.Description}: {month.PackedBytes / 1e6:N0} MB packed in {month.Objects:N0} objects"));
            result.Table(FigureTable.Of(taken));
            result.Table(Ratios(taken));
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "s3.md");
    }

    /// <summary>The tool from one bucket to the other; each run writes to its own prefix.</summary>
    private static Contestant OverS3(string product, SourceMonth month, ServerProcess server)
    {
        int runs = 0;
        return new Contestant("this over S3, 1 thread", 1, _ =>
        [
            .. CommandLineRun.ProgramOf(product), "aggregate", "--json", "--threads", "1",
            "--source", $"s3://{ObjectServer.SourceBucket}", "--month", month.Name,
            "--destination", $"s3://{ObjectServer.WrittenBucket}/{SourceMonth.Text(runs++)}",
            "--endpoint-url", server.Url, "--path-style",
        ]);
    }

    /// <summary>Compares the rows of the two files that the warm-up wrote.</summary>
    private static async Task CheckAsync(string directory, ServerProcess server, Workspace work)
    {
        string file = Directory.EnumerateFiles(directory, "*.parquet", SearchOption.AllDirectories).Single();
        string key = $"{ObjectServer.WrittenBucket}/0/{Path.GetRelativePath(directory, file)}";
        string copy = work.File("over-s3.parquet");
        using (var client = new HttpClient())
        {
            await using var stored = await client.GetStreamAsync(new Uri($"{server.Url}/{key}"));
            await using var copied = File.Create(copy);
            await stored.CopyToAsync(copied);
        }

        _ = Measured.Run(["dotnet", "exec", Places.Self, "compare", file, copy], work.File("compare.txt"));
        CommonOptions.Say("both files hold the same rows");
    }

    private static MarkdownTable Ratios(IReadOnlyList<Taken> taken)
    {
        var table = new MarkdownTable("ratio of the same round's figures", "median", "min", "max", "target");
        Add("wall: over S3 / directories", usage => usage.Wall.TotalSeconds, "at most 1.15");
        Add("CPU: over S3 / directories", usage => usage.Cpu.TotalSeconds, "");
        Add("peak memory: over S3 / directories", usage => usage.PeakBytes, "");
        return table;

        void Add(string name, Func<Usage, double> figure, string target)
        {
            var ratio = Ratio.Of(taken[1], taken[0], figure);
            table.Add(name, Number(ratio.Median), Number(ratio.Min), Number(ratio.Max), target);
        }
    }

    private static string Number(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}
