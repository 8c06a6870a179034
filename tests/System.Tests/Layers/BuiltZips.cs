using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

/// <summary>
/// The zips of build-layers.sh for both architectures, built once for all tests, and again from a copy of the sources
/// in another folder.
/// </summary>
public sealed class BuiltZips : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();

    public string First => _directory["first"];

    public string Second => _directory["second"];

    public async ValueTask InitializeAsync()
    {
        if (!TestRun.RequiresAll)
        {
            return;
        }

        string copy = _directory["another folder/deeper"];
        CopySources(copy);
        await Build(Repository.Root, First);
        await Build(copy, Second);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The files that build-layers.sh builds from, without the working tree's bin and obj.</summary>
    internal static void CopySources(string target)
    {
        string[] sources =
        [
            "build-layers.sh", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig",
            "BannedSymbols.txt",
        ];
        var below = new[] { "Aggregation", "Function", "Layers", "tests/LambdaStandIn" }
            .SelectMany(
                name => Directory.EnumerateFiles(Path.Combine(Repository.Root, name), "*", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Split('/').Intersect(["bin", "obj"], StringComparer.Ordinal).Any());
        foreach (string? path in sources.Concat(below))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, path))!);
            File.Copy(Path.Combine(Repository.Root, path), Path.Combine(target, path));
        }
    }

    private static async Task Build(string root, string output)
    {
        string[] options = ["--engine", "none", "--output", output];
        foreach (string[] mode in new string[][] { [], ["--function", "--lambda-packages", "stand-in"] })
        {
            var (exitCode, said) = await Command.RunAsync("./build-layers.sh", [.. options, .. mode], directory: root);
            Assert.True(exitCode == 0, said);
        }
    }
}
