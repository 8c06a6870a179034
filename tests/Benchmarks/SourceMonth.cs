using System.Globalization;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>A month of NDJSON below a directory.</summary>
/// <param name="Source">The directory that holds YYYY/MM/DD/*.ndjson.gz or AWSLogs/.</param>
/// <param name="Name">The month, YYYY-MM.</param>
/// <param name="Description">The month's description in the result.</param>
internal sealed record SourceMonth(string Source, string Name, string Description)
{
    /// <summary>The month's directory, which holds the directories of its days.</summary>
    public string Directory { get; } = Path.Combine(Source, Name.Replace('-', '/'));

    /// <summary>The number of its files.</summary>
    public int Objects => Files.Count();

    /// <summary>The size of the files as stored.</summary>
    public long PackedBytes => Files.Sum(file => file.Length);

    private IEnumerable<FileInfo> Files =>
        new DirectoryInfo(Source).EnumerateFiles("*.gz", SearchOption.AllDirectories);

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
