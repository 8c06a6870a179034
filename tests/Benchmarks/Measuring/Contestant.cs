namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>A command whose whole process is measured.</summary>
/// <param name="Name">The name in the tables.</param>
/// <param name="Cores">
/// The number of cores that it is pinned to, the last ones that this process may use; 0: not pinned.
/// </param>
/// <param name="Command">The command, given the directory for its output.</param>
internal sealed record Contestant(string Name, int Cores, Func<string, IReadOnlyList<string>> Command)
{
    /// <summary>The command that is run, pinned to its cores.</summary>
    public IReadOnlyList<string> Pinned(string output) =>
        Cores == 0 ? Command(output) : ["taskset", "-c", Processor.Last(Cores), .. Command(output)];

    /// <summary>The command as the results show it, with paths from the repository's root and from the cache.</summary>
    public string Shown(string cache) => string.Join(' ', Pinned("OUT").Select(word => word
        .Replace(cache, "CACHE", StringComparison.Ordinal)
        .Replace(Places.Repository + "/", "", StringComparison.Ordinal)));
}
