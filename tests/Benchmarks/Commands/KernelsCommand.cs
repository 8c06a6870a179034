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

/// <summary><c>kernels</c>: the steps by themselves, with BenchmarkDotNet.</summary>
internal sealed class KernelsCommand : Command
{
    /// <summary>Of a column.</summary>
    private const int LongestName = 40;

    private readonly CommonOptions _common = new();
    private readonly Option<string> _filter = new("--filter") { Description = "Which of them, as BenchmarkDotNet takes it.", HelpName = "GLOB", DefaultValueFactory = _ => "*" };
    private readonly Option<bool> _quick = new("--quick") { Description = "Each once: whether it works." };

    public KernelsCommand()
        : base("kernels", "Measures the steps by themselves: unpack, frame, find duplicates, scan, encode column by column.")
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

        // In this process: a project of BenchmarkDotNet's own would not know this repository's properties.
        var job = (arguments.GetValue(_quick) ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        var configuration = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestName))
            .WithArtifactsPath(work.Path)
            .WithOptions(arguments.GetValue(_quick) ? ConfigOptions.DisableOptimizationsValidator : ConfigOptions.Default);
        var summaries = BenchmarkSwitcher.FromTypes([typeof(ReadingKernels), typeof(EncodingKernels)])
            .Run(["--filter", arguments.GetRequiredValue(_filter)], configuration);
        if (summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)))
        {
            return 1;
        }

        var result = new ResultFile("The steps by themselves", arguments, string.Create(CultureInfo.InvariantCulture,
            $"in memory, one thread, {KernelMonth.Text.Length / KernelMonth.Events:N0} bytes an event; times are for one event"));
        foreach (string table in Directory.EnumerateFiles(work.File("results"), "*-github.md").OrderDescending(StringComparer.Ordinal))
        {
            result.Paragraph(File.ReadAllText(table).Trim());
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "kernels.md");
        return 0;
    }
}
