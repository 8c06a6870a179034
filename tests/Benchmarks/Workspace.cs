using System.Globalization;

namespace CloudTrailAggregation.Benchmarks;

/// <summary>A directory for the output of a measurement, beside the generated months; removed at the end.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace(string cache)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"work-{Environment.ProcessId}");
        Path = System.IO.Path.Combine(cache, name);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
