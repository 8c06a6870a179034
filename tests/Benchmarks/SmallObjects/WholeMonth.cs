using System.Globalization;
using System.Text.Json;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Commit;
using CloudTrailAggregation.Tests.Local;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>The whole month of a <see cref="MadeUpTrail"/>, from the made-up objects to the Parquet file.</summary>
/// <param name="product">The command line: the native program, or an assembly.</param>
/// <param name="server">Serves the objects and takes the file.</param>
internal sealed class WholeMonth(string product, ServerProcess server)
{
    /// <summary>Runs the terminal tool once, on one thread and one core.</summary>
    public MarkdownTable Measure(Workspace work)
    {
        string output = work.File("whole-month.json");
        string[] command =
        [
            "taskset", "-c", Processor.Last(1), .. CommandLineRun.ProgramOf(product),
            "aggregate", "--json", "--threads", "1",
            "--source", $"s3://{ObjectServer.SourceBucket}", "--month", MadeUpTrail.Month,
            "--destination", $"s3://{ObjectServer.WrittenBucket}", "--endpoint-url", server.Url, "--path-style",
        ];
        var usage = Measured.Run(command, output);
        string report = File.ReadLines(output).Last(line => line.StartsWith('{'));
        return TableOf(JsonSerializer.Deserialize(report, ReportJson.Readable.RunReport)!, usage);
    }

    private static MarkdownTable TableOf(RunReport report, Usage usage)
    {
        double seconds = usage.Wall.TotalSeconds;
        var table = new MarkdownTable("the whole month, once", "");
        table.Add("objects", Number(report.SourceFiles, 0));
        table.Add("packed, GB", Number(report.SourceBytes / 1e9, 2));
        table.Add("events", Number(report.Events, 0));
        table.Add("wall, s", Number(seconds, 0));
        table.Add("objects/s", Number(report.SourceFiles / seconds, 0));
        table.Add("events/s", Number(report.Events / seconds, 0));
        table.Add("CPU, s", Number(usage.Cpu.TotalSeconds, 0));
        table.Add("CPU for each event, µs", Number(usage.Cpu.TotalMicroseconds / report.Events, 1));
        table.Add("peak memory, MB", Number(usage.PeakBytes / 1e6, 0));
        table.Add("GET and HEAD requests", Number(report.Requests!.Read, 0));
        table.Add("LIST requests", Number(report.Requests.List, 0));
        return table;
    }

    private static string Number(double value, int digits) =>
        value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
