using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Tests.Local;

namespace CloudTrailAggregation.Benchmarks.Contestants;

/// <summary>The contestants over one month.</summary>
/// <param name="product">The command line: the native program, or an assembly.</param>
/// <param name="month">The month that all of them read.</param>
/// <param name="pin">Whether each gets as many cores as it has threads; otherwise it may use all cores.</param>
internal sealed class Contest(string product, SourceMonth month, bool pin)
{
    public Contestant Ours(int threads) => new(
        $"this, {Count(threads)}", pin ? threads : 0,
        output =>
        [
            .. CommandLineRun.ProgramOf(product), "aggregate", "--json", "--threads", Text(threads),
            "--source", month.Source, "--destination", output, "--month", month.Name,
        ]);

    public Contestant DuckDb(int threads, DuckDbSettings settings, string? name = null) => new(
        name ?? $"DuckDB{(settings == DuckDbSettings.Default ? " as it comes" : "")}, {Count(threads)}",
        pin ? threads : 0,
        output =>
        [
            "dotnet", "exec", Places.Self, "duckdb", .. settings.Options, "--threads", Text(threads),
            month.Directory, Path.Combine(output, "month.parquet"),
        ]);

    public Contestant Unpack() => new(
        "gunzip alone, 1 thread", pin ? 1 : 0, _ => ["dotnet", "exec", Places.Self, "gunzip", month.Directory]);

    private static string Count(int threads) => threads == 1 ? "1 thread" : $"{Text(threads)} threads";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
