using System.IO.Compression;
using System.Text;

namespace CloudTrailAggregation.SampleData.Trail;

/// <summary>A generated month, or its first days, of a trail as CloudTrail delivers it.</summary>
public sealed class SampleTrail
{
    // Level 6 is the default of most tools; zlib-ng's result for these texts is about as long as CloudTrail's own.
    private static readonly ZLibCompressionOptions Compression = new() { CompressionLevel = 6 };

    private readonly TrailArguments _arguments;

    /// <param name="arguments">What to generate.</param>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
    public SampleTrail(TrailArguments arguments)
    {
        if (arguments.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(arguments));
        }

        _arguments = arguments;
    }

    /// <summary>Every object that holds records, by key, unpacked: for trails that fit in memory.</summary>
    public IReadOnlyDictionary<string, byte[]> Objects()
    {
        var texts = new Dictionary<string, MemoryStream>(StringComparer.Ordinal);
        for (int account = 0; account < _arguments.Accounts; account++)
        {
            new TrailObjects(_arguments, account).WriteTo(key => texts[key] = new MemoryStream());
        }

        return texts.ToDictionary(text => text.Key, text => text.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Writes <c>AWSLogs/</c> into the directory. The bytes do not depend on the number of threads.</summary>
    /// <exception cref="IOException">A file could not be written, or the directory has AWSLogs/ already.</exception>
    public TrailSummary WriteTo(string directory, int threads)
    {
        string root = Path.Combine(directory, "AWSLogs");
        if (Directory.Exists(root))
        {
            throw new IOException($"{root} exists: remove it or name another directory.");
        }

        var accounts = new TrailSummary[_arguments.Accounts];
        Parallel.For(
            0,
            accounts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            account => accounts[account] = WriteAccount(directory, account));
        return accounts.Aggregate((sum, account) => sum.Plus(account));
    }

    private TrailSummary WriteAccount(string directory, int account)
    {
        var objects = new TrailObjects(_arguments, account);
        var paths = new List<string>();
        var summary = objects.WriteTo(key =>
        {
            paths.Add(Path.Combine(directory, key));
            return Create(paths[^1]);
        });
        int beside = 0;
        foreach (var (key, text) in new ObjectsBeside(_arguments, objects.Id).All())
        {
            using var file = Create(Path.Combine(directory, key));
            file.Write(Encoding.ASCII.GetBytes(text));
            beside++;
        }

        return summary with { PackedBytes = paths.Sum(path => new FileInfo(path).Length), ObjectsBeside = beside };
    }

    private static BufferedStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        return new BufferedStream(new GZipStream(file, Compression), bufferSize: 64 * 1024);
    }
}
