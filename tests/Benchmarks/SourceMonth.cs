using System.Globalization;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>A month of NDJSON below a directory.</summary>
/// <param name="Source">The directory that holds YYYY/MM/DD/*.ndjson.gz.</param>
/// <param name="Name">The month, YYYY-MM.</param>
/// <param name="Description">The month's description in the result.</param>
internal sealed record SourceMonth(string Source, string Name, string Description)
{
    /// <summary>The month's directory, which holds the directories of its days.</summary>
    public string Directory { get; } = Path.Combine(Source, Name.Replace('-', '/'));

    /// <summary>The size of the files as stored.</summary>
    public long PackedBytes =>
        new DirectoryInfo(Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
