using System.Xml.Linq;
using CloudTrailAggregation.Tests.Local;
using Xunit;

namespace CloudTrailAggregation.Tests.Benchmarks;

/// <summary>The benchmark's commands work with the current code. No test asserts a speed.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("benchmarks-").FullName;

    /// <summary>The benchmark program that was built with these tests, in the same configuration.</summary>
    private static string Assembly => CommandLineRun.Built("tests/Benchmarks", "Benchmarks.dll");

    private static string Product => CommandLineRun.Built("Local", "cloudtrail-aggregation.dll");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_small_month_is_compared_with_DuckDB_and_gunzip()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "the benchmark measures by wait4 and /proc, on Linux");

        var run = await RunAsync("month", "--quick", "--not-pinned", "--product", Product);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("6 files hold the same rows", run.Error.Split('\n'));
        Assert.Equal(run.Output, await File.ReadAllTextAsync(
            Path.Combine(_directory, "results", "month.md"), TestContext.Current.CancellationToken));
        var chart = XDocument.Load(Path.Combine(_directory, "results", "month-2024-02.svg"));
        string[] bars = [.. chart.Descendants().Select(element => element.Attribute("class")?.Value ?? "")
            .Where(kind => kind.StartsWith("bar", StringComparison.Ordinal))];
        Assert.Equal((14, 4), (bars.Length, bars.Count(kind => kind == "bar ours")));
        Assert.All(
            (string[])[
                "gunzip alone, 1 thread", "this, 1 thread", "this, 2 threads", "DuckDB, 1 thread",
                "DuckDB as it comes, 2 threads", "wall: this / gunzip", "wall: DuckDB, 1 thread / this",
                "file: this / DuckDB as it comes, 2 threads",
            ],
            row => Assert.Single(
                run.Output.Split('\n'), line => line.StartsWith($"| {row} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_queries_are_asked_of_all_three_files()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "the benchmark measures by wait4 and /proc, on Linux");

        var run = await RunAsync("queries", "--events", "4000", "--rounds", "1", "--product", Product);

        Assert.True(run.ExitCode == 0, run.Error);
        string[] rows = run.Output.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .ToArray();
        Assert.Equal(11, rows.Length);

        // Seven questions need only the 15 columns of the Python original.
        Assert.Equal(4, rows.Count(row => row.Contains(" - |", StringComparison.Ordinal)));
        string[] megabytes = rows[^1].Split('|', StringSplitOptions.TrimEntries)[3..6];
        Assert.All(megabytes, text => Assert.InRange(double.Parse(text), 0.01, 10));
    }

    [Fact]
    public async Task Each_step_of_reading_is_measured_by_itself()
    {
        var run = await RunAsync("kernels", "--quick", "--filter", "*ReadingKernels*");

        Assert.True(run.ExitCode == 0, run.Output);
        string table = await File.ReadAllTextAsync(
            Path.Combine(_directory, "results", "kernels.md"), TestContext.Current.CancellationToken);
        Assert.All(
            (string[])["UnpackAsync", "FrameAsync", "FindDuplicates", "Scan", "ScanIntoColumns"],
            kernel => Assert.Contains($"| {kernel} ", table, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_steps_of_a_run_make_up_its_processor_time()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "Only Linux reports the processor time of one thread.");

        var run = await RunAsync("profile", "--events", "20000", "--rounds", "1", "--threads", "1", "5");

        Assert.True(run.ExitCode == 0, run.Error);
        var rows = run.Output.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => cells[2..4].Select(Figure).ToArray(), StringComparer.Ordinal);
        string[] steps = ["unpack, frame, and what is in no step", "read: records to events to columns",
            "enter: duplicates, counts, rejects", "encode: columns to pages", "end row groups and the file"];
        foreach (int column in (int[])[0, 1])
        {
            Assert.All(steps, step => Assert.InRange(rows[step][column], 0.1, 99));
            Assert.InRange(
                rows["- the longest column of each write"][column], 0.1, rows["encode: columns to pages"][column]);
        }

        Assert.Equal(rows["enter: duplicates, counts, rejects"][0], rows["- by the writing thread"][0]);

        static double Figure(string cell) =>
            double.Parse(cell.TrimEnd('%', ' '), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Small_objects_are_fetched_beside_the_SDK_alone()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "the benchmark measures by wait4 and /proc, on Linux");

        var run = await RunAsync("small-objects", "--objects", "500", "--rounds", "1", "--delay", "1", "--whole-month",
            "--product", Product);

        Assert.True(run.ExitCode == 0, run.Error);
        string[] rows =
        [
            "this, from request to unpacked bytes", "the SDK's GetObject alone", "this, a tenth of the objects",
            "CPU for each object: this / the SDK alone", "peak memory: this / this, a tenth of the objects",
            "CPU for each event, µs",
        ];
        Assert.All(
            rows,
            row => Assert.Single(
                run.Output.Split('\n'), line => line.StartsWith($"| {row} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_builds_are_measured_in_pairs()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "the benchmark measures by wait4 and /proc, on Linux");

        var run = await RunAsync(
            "builds", "--source", Repository.File("tests/data/trail"), "--month", "2024-03", "--rounds", "1",
            "--product", Product, "--baseline", Product);

        Assert.True(run.ExitCode == 0, run.Error);
        string file = run.Output.Split('\n').Single(line => line.StartsWith("| file ", StringComparison.Ordinal));
        Assert.Equal("1.000", file.Split('|', StringSplitOptions.TrimEntries)[2]);
    }

    [Fact]
    public async Task A_month_over_S3_is_measured_beside_the_same_month_in_directories()
    {
        TestRun.Needs(OperatingSystem.IsLinux(), "the benchmark measures by wait4 and /proc, on Linux");

        var run = await RunAsync("s3", "--events", "2000", "--rounds", "1", "--delay", "1", "--product", Product);

        Assert.True(run.ExitCode == 0, run.Error);
        string[] lines = run.Output.Split('\n');
        Assert.Equal(2, run.Error.Split('\n').Count(line => line == "both files hold the same rows"));
        Assert.All(
            (string[])["this, 1 thread", "this over S3, 1 thread", "wall: over S3 / directories"],
            row => Assert.Equal(2, lines.Count(line => line.StartsWith($"| {row} ", StringComparison.Ordinal))));
    }

    private Task<CommandLineRun> RunAsync(params string[] arguments) => CommandLineRun.OfAsync(
        Assembly, [],
        [.. arguments, "--cache", Path.Combine(_directory, "cache"), "--results", Path.Combine(_directory, "results")]);
}
