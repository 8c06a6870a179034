using System.IO.Compression;
using Xunit;

namespace CloudTrailAggregation.Tests.Runtime;

/// <summary>The function and its layer as Lambda installs them: the zips of build-layers.sh, unpacked.</summary>
/// <param name="Task">The directory for /var/task.</param>
/// <param name="Layer">The directory for /opt.</param>
internal sealed record InstalledFunction(string Task, string Layer)
{
    /// <summary>Builds the zips on this machine, the function with the stand-in for AWS's packages.</summary>
    /// <param name="zips">The directory for the zips.</param>
    /// <param name="layers">x86_64, arm64 or all. The function is built for this machine only.</param>
    public static async Task BuildAsync(string zips, string layers)
    {
        foreach (string[] what in new string[][]
        {
            ["--arch", layers],
            ["--arch", LambdaMachine.Current.Architecture, "--function", "--lambda-packages", "stand-in"],
        })
        {
            var (exitCode, output) = await Command.RunAsync(
                "./build-layers.sh", ["--engine", "none", "--output", zips, .. what]);
            Assert.True(exitCode == 0, output);
        }
    }

    /// <summary>Unpacks this machine's zips below a directory.</summary>
    public static async Task<InstalledFunction> UnpackAsync(string zips, string directory)
    {
        var installed = new InstalledFunction(Path.Combine(directory, "task"), Path.Combine(directory, "layer"));
        string architecture = LambdaMachine.Current.Architecture;
        await ZipFile.ExtractToDirectoryAsync($"{zips}/cloudtrail-aggregation-{architecture}.zip", installed.Task);
        await ZipFile.ExtractToDirectoryAsync($"{zips}/parquetsharp-layer-{architecture}.zip", installed.Layer);
        return installed;
    }
}
