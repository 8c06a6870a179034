using System.CommandLine;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using CloudTrailAggregation.Benchmarks.Kernels;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>kernels</c>: measures each step alone, with BenchmarkDotNet.</summary>
internal sealed class KernelsCommand : Command
{
    /// <summary>The maximum length of a column's name in the table.</summary>
    private const int MaxNameCharacters = 40;

    private readonly CommonOptions _common = new();
    private readonly Option<string> _filter = new("--filter")
    {
        Description = "The benchmarks to run, as BenchmarkDotNet's --filter.",
        HelpName = "GLOB",
        DefaultValueFactory = _ => "*",
    };

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Run each benchmark once, to see whether it works.",
    };

    public KernelsCommand()
        : base("kernels", "Measures each step alone: unpack, frame, find duplicates, scan, encode column by column.")
    {
        Options.Add(_common.Cache);
        Options.Add(_common.Results);
        Options.Add(_filter);
        Options.Add(_quick);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using var work = new Workspace(arguments.GetRequiredValue(_common.Cache).FullName);

        // In this process, because BenchmarkDotNet's generated project does not get this repository's properties.
        var job = (arguments.GetValue(_quick) ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        var configuration = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(MaxNameCharacters))
            .WithArtifactsPath(work.Path)
            .WithOptions(arguments.GetValue(_quick)
                ? ConfigOptions.DisableOptimizationsValidator
                : ConfigOptions.Default);
        var summaries = BenchmarkSwitcher.FromTypes([typeof(ReadingKernels), typeof(EncodingKernels)])
            .Run(["--filter", arguments.GetRequiredValue(_filter)], configuration);
        if (summaries.Any(summary =>
            summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)))
        {
            return 1;
        }

        var result = new ResultFile("Each step alone", arguments, string.Create(CultureInfo.InvariantCulture,
            $"in memory, one thread, {KernelMonth.Text.Length / KernelMonth.Events:N0} bytes an event; "
            + $"each time is for one event"));
        var tables = Directory.EnumerateFiles(work.File("results"), "*-github.md");
        foreach (string table in tables.OrderDescending(StringComparer.Ordinal))
        {
            result.Paragraph(File.ReadAllText(table).Trim());
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "kernels.md");
        return 0;
    }
}
