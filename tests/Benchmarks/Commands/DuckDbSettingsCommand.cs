using System.CommandLine;
using System.Globalization;
using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary><c>duckdb-settings</c>: finds the settings with which DuckDB is fastest.</summary>
internal sealed class DuckDbSettingsCommand : Command
{
    /// <summary>The settings that differ from DuckDB's defaults.</summary>
    private static readonly (string Name, DuckDbSettings Settings)[] Variants =
    [
        ("row groups of 122,880, its default", DuckDbSettings.Default),
        ("row groups of 49,152", new DuckDbSettings { RowGroupRows = 49_152 }),
        ("row groups of 20,480", DuckDbSettings.Fastest),
        ("row groups of 8,192", new DuckDbSettings { RowGroupRows = 8_192 }),
        ("lines of at most 2 MiB", DuckDbSettings.Default with { MaxLineBytes = 2 << 20 }),
        ("lines of at most 256 KiB", DuckDbSettings.Default with { MaxLineBytes = 256 << 10 }),
        ("memory limit of 512 MB", DuckDbSettings.Default with { MemoryLimit = "512MB" }),
        ("row groups of 20,480, lines of at most 2 MiB", DuckDbSettings.Fastest with { MaxLineBytes = 2 << 20 }),
    ];

    private readonly CommonOptions _common = new();

    public DuckDbSettingsCommand()
        : base("duckdb-settings", "Measures DuckDB with several settings; `month` uses the fastest.")
    {
        _common.AddTo(this);
        SetAction(Run);
    }

    private void Run(ParseResult arguments)
    {
        int rounds = arguments.GetValue(_common.RoundCount);
        string cache = arguments.GetRequiredValue(_common.Cache).FullName;
        var month = GeneratedMonth.Standard(arguments.GetValue(_common.Events)).Below(cache, CommonOptions.Say);
        var contest = new Contest(_common.ProductOf(arguments), month, pin: true);

        var result = new ResultFile("DuckDB's settings", arguments, string.Create(CultureInfo.InvariantCulture,
            $"{rounds} rounds of all in turn, after one that is not counted; "
            + $"each pinned to as many cores as it has threads"));
        result.Heading(month);
        foreach (int threads in (int[])[1, 2])
        {
            using var work = new Workspace(cache);
            Contestant[] contestants =
            [
                .. Variants.Select(variant => contest.DuckDb(threads, variant.Settings, $"{threads}: {variant.Name}")),
            ];
            var run = new Rounds(work.Path, CommonOptions.Say);
            _ = run.WarmUp(contestants[..1]);
            result.Table(FigureTable.Of(run.Run(contestants, rounds)));
        }

        result.WriteTo(arguments.GetRequiredValue(_common.Results), "duckdb-settings.md");
    }
}
