namespace CloudTrailAggregation.Benchmarks.Measuring;

/// <summary>One of those compared: a command that is run whole.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Cores">Processor cores it is pinned to, the last of those that this process may use; 0: not pinned.</param>
/// <param name="Command">The command, given the directory for its output.</param>
internal sealed record Contestant(string Name, int Cores, Func<string, IReadOnlyList<string>> Command)
{
    /// <summary>The command as it is run.</summary>
    public IReadOnlyList<string> Pinned(string output) =>
        Cores == 0 ? Command(output) : ["taskset", "-c", Processor.Last(Cores), .. Command(output)];

    /// <summary>The command as the results show it, with paths from the repository's root and from the cache.</summary>
    public string Shown(string cache) => string.Join(' ', Pinned("OUT").Select(word => word
        .Replace(cache, "CACHE", StringComparison.Ordinal).Replace(Places.Repository + "/", "", StringComparison.Ordinal)));
}
