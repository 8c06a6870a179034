using CloudTrailAggregation.Benchmarks.Contestants;
using CloudTrailAggregation.Benchmarks.Measuring;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>Writes a month's Parquet file with this tool and with DuckDB.</summary>
internal static class MonthFiles
{
    public static string Ours(string product, SourceMonth month, Workspace work) =>
        Write(new Contest(product, month, pin: false).Ours(Environment.ProcessorCount), work, "ours");

    public static string DuckDb(string product, SourceMonth month, Workspace work) => Write(
        new Contest(product, month, pin: false).DuckDb(Environment.ProcessorCount, DuckDbSettings.Default),
        work, "duckdb");

    private static string Write(Contestant contestant, Workspace work, string name)
    {
        string output = Directory.CreateDirectory(work.File(name)).FullName;
        _ = Measured.Run(contestant.Pinned(output), work.File($"{name}.txt"));
        return Directory.EnumerateFiles(output, "*.parquet", SearchOption.AllDirectories).Single();
    }
}
