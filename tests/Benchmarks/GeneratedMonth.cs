using System.Globalization;
using CloudTrailAggregation.Benchmarks.Measuring;
using CloudTrailAggregation.Plan;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>
/// A month that tests/SampleData generates, without copies, so that DuckDB, which drops none, has the same rows.
/// </summary>
/// <param name="Month">YYYY-MM.</param>
/// <param name="Seed">Another seed, another company.</param>
/// <param name="Style">stage1 or compact.</param>
/// <param name="Events">Its events.</param>
internal sealed record GeneratedMonth(string Month, int Seed, string Style, long Events)
{
    /// <summary>The one the code was tuned on.</summary>
    public static GeneratedMonth Usual(long events) => new("2024-02", 20240229, "stage1", events);

    /// <summary>Another company's, spelled otherwise: no spaces, UTF-8.</summary>
    public static GeneratedMonth Other(long events) => new("2023-10", 7919, "compact", events);

    /// <summary>The month below the cache, generated unless it is there.</summary>
    public SourceMonth Below(string cache, Action<string> say)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Month}-{Style}-{Seed}-{Events}");
        string directory = Path.Combine(cache, name);
        if (!Directory.Exists(directory))
        {
            say($"generating {name} ...");
            Generate(directory);
        }

        return new SourceMonth(directory, Month, string.Create(CultureInfo.InvariantCulture, $"{Month}: {Events:N0} events, seed {Seed}, style {Style}"));
    }

    private void Generate(string directory)
    {
        // Under another name until it is whole.
        string unfinished = $"{directory}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        string[] command =
        [
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "SampleData.dll"), "--month", Month, "--style", Style, "--output", unfinished,
            "--seed", SourceMonth.Text(Seed), "--events", Events.ToString(CultureInfo.InvariantCulture),
        ];
        _ = Measured.Run(command, Path.Combine(unfinished, "generated.txt"));
        Directory.Move(unfinished, directory);
    }
}
