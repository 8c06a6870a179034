using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>
/// A month that tests/SampleData generates. It has no duplicates, because DuckDB does not drop them and would have more
/// rows.
/// </summary>
/// <param name="Month">YYYY-MM.</param>
/// <param name="Seed">The seed; each seed is another company.</param>
/// <param name="Style">stage1, compact or trail: the log files of one account in one region, which are compact.</param>
/// <param name="Events">The number of events.</param>
internal sealed record GeneratedMonth(string Month, int Seed, string Style, long Events)
{
    private const string TrailStyle = "trail";

    /// <summary>The month that the code was tuned with.</summary>
    public static GeneratedMonth Standard(long events) => new("2024-02", 20240229, "stage1", events);

    /// <summary>The month of another company, in another spelling: no spaces, UTF-8.</summary>
    public static GeneratedMonth Compact(long events) => new("2023-10", 7919, "compact", events);

    /// <summary>The company of the standard month, with its own trail.</summary>
    public static GeneratedMonth Trail(long events) => new("2024-02", 20240229, TrailStyle, events);

    /// <summary>The month below the cache; generated if it does not exist.</summary>
    public SourceMonth Below(string cache, Action<string> say)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Month}-{Style}-{Seed}-{Events}");
        string directory = Path.Combine(cache, name);
        if (!Directory.Exists(directory))
        {
            say($"generating {name} ...");
            Generate(directory);
        }

        string description = string.Create(
            CultureInfo.InvariantCulture, $"{Month}: {Events:N0} events, seed {Seed}, style {Style}");
        return new SourceMonth(directory, Month, description);
    }

    private void Generate(string directory)
    {
        // Renamed when it is complete, so that an interrupted run leaves no partial month.
        string unfinished = $"{directory}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        string[] command =
        [
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "SampleData.dll"),
            "--month", Month, "--output", unfinished,
            .. Style == TrailStyle ? (string[])["--layout", TrailStyle] : ["--style", Style],
            "--seed", SourceMonth.Text(Seed), "--events", Events.ToString(CultureInfo.InvariantCulture),
        ];
        _ = Measured.Run(command, Path.Combine(unfinished, "generated.txt"));
        Directory.Move(unfinished, directory);
    }
}
