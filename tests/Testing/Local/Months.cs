using System.IO.Compression;
using System.Text;

namespace CloudTrailAggregation.Tests.Local;

/// <summary>A directory with a source of a few lines and a destination.</summary>
internal sealed class Months : IDisposable
{
    /// <summary>Its name has characters that SQL or JSON must escape.</summary>
    private readonly string _root = Directory.CreateTempSubdirectory("month's ü ").FullName;

    public string Source => Path.Combine(_root, "daily");

    public string Destination => Path.Combine(_root, "monthly");

    public string Parquet => Path.Combine(Destination, "2024/02/000000.parquet");

    /// <summary>An event of February 2024, at noon of its day.</summary>
    public static string Event(
        int number, int day = 1, string name = "GetObject", string? error = null, string? time = null) =>
        """{"eventVersion":"1.09","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"},"""
        + $"\"eventTime\":\"{time ?? $"2024-02-{day:00}T12:00:00Z"}\",\"eventSource\":\"s3.amazonaws.com\","
        + $"\"eventName\":\"{name}\",{(error is null ? "" : $"\"errorCode\":\"{error}\",")}"
        + $"\"eventID\":\"{number:00000000}-0000-4000-8000-000000000000\"}}";

    /// <summary>Writes a source, gzipped if its name ends in .gz.</summary>
    public string Write(string key, params IEnumerable<string> lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        string path = Path.Combine(Source, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using Stream packed =
            key.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        packed.Write(bytes);
        return path;
    }

    /// <summary>
    /// Writes seven lines: four events, one of them of another month and one with an error code, two duplicates and one
    /// reject; and a file that is not a source.
    /// </summary>
    public Months WithEveryKindOfLine()
    {
        Write("2024/02/01/000000.ndjson.gz", Event(1), Event(1), Event(2, error: "AccessDenied"), "no event");
        Write(
            "2024/02/02/000000.ndjson", Event(1), Event(3, time: "2024-01-31T23:59:59.5Z"),
            Event(4, day: 2, name: "ConsoleLogin"));
        Write("2024/02/02/notes.txt", "not a source");
        return this;
    }

    /// <summary>A month that takes a minute to compress: one file of 20,000 events and 1,119 links to it.</summary>
    public void WriteLong()
    {
        string file = Write("2024/02/01/000000.ndjson", Enumerable.Range(0, 20_000).Select(number => Event(number)));
        for (int link = 1; link < 28 * 40; link++)
        {
            string path = Path.Combine(Source, $"2024/02/{1 + (link / 40):00}/{link % 40:000000}.ndjson");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, file);
        }
    }

    /// <summary>The arguments that every run needs.</summary>
    public string[] Aggregate(params string[] more) =>
        ["aggregate", "--source", Source, "--destination", Destination, "--month", "2024-02", .. more];

    public Task<CommandLineRun> RunAsync(params string[] more) => CommandLineRun.OfAsync(Aggregate(more));

    /// <summary>Every file below the destination, hidden ones too.</summary>
    public string[] Written()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return Directory.Exists(Destination)
            ? [.. Directory.EnumerateFiles(Destination, "*", all)
                .Select(file => Path.GetRelativePath(Destination, file)).Order(StringComparer.Ordinal)]
            : [];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
