using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>
/// A function without its layer fails at its start, not at each event, and names the layer and the script that builds
/// it.
/// </summary>
[Trait("Category", TestRun.Full)]
[Collection(PublishedFunctionTests.Name)]
public sealed class LayerAtStartTests(PublishedFunction function)
{
    private static readonly string Store = $"dotnetcore/store/{LambdaMachine.Current.Store}/net10.0";

    [Fact]
    public async Task Without_a_layer_the_function_does_not_start()
    {
        await LambdaMachine.RequireAsync();
        using var layer = new TemporaryDirectory();

        await CheckAsync(layer.Path);
    }

    [Fact]
    public async Task With_the_layer_of_the_other_architecture_it_does_not_start()
    {
        await LambdaMachine.RequireAsync();

        await CheckAsync(function.OtherLayer);
    }

    [Theory]
    [InlineData("ParquetSharpNative.so", "ParquetSharp")]
    [InlineData("ParquetSharp.dll", "ParquetSharp")]
    [InlineData("Apache.Arrow.dll", "Apache.Arrow")]
    public async Task With_half_a_layer_it_does_not_start(string missing, string package)
    {
        await LambdaMachine.RequireAsync();
        using var layer = CopyOfLayer();

        File.Delete(Find(layer.Path, missing));

        await CheckHostAsync(layer.Path, package);
    }

    [Theory, InlineData("ParquetSharpNative.so"), InlineData("ParquetSharp.dll"), InlineData("Apache.Arrow.dll")]
    public async Task With_a_file_that_is_no_library_it_does_not_start(string file)
    {
        await LambdaMachine.RequireAsync();
        using var layer = CopyOfLayer();

        await File.WriteAllBytesAsync(Find(layer.Path, file), new byte[4096], TestContext.Current.CancellationToken);

        await CheckAsync(layer.Path);
    }

    [Fact]
    public async Task With_the_other_architectures_native_library_in_the_right_place_it_does_not_start()
    {
        await LambdaMachine.RequireAsync();
        using var layer = CopyOfLayer();

        File.Copy(
            Find(function.OtherLayer, "ParquetSharpNative.so"), Find(layer.Path, "ParquetSharpNative.so"),
            overwrite: true);

        await CheckAsync(layer.Path);
    }

    [Fact]
    public async Task With_another_assembly_under_the_right_name_it_does_not_start()
    {
        await LambdaMachine.RequireAsync();
        using var layer = CopyOfLayer();

        File.Copy(Find(layer.Path, "Apache.Arrow.dll"), Find(layer.Path, "ParquetSharp.dll"), overwrite: true);

        await CheckAsync(layer.Path);
    }

    [Theory, InlineData("parquetsharp"), InlineData("apache.arrow")]
    public async Task With_the_layer_of_another_version_it_does_not_start(string package)
    {
        await LambdaMachine.RequireAsync();
        using var layer = CopyOfLayer();

        string version = Assert.Single(Directory.EnumerateDirectories(layer[$"{Store}/{package}"]));
        Directory.Move(version, Path.Combine(Path.GetDirectoryName(version)!, "1.2.3"));

        await CheckHostAsync(layer.Path, package);
    }

    /// <summary>The function reports the error.</summary>
    private async Task CheckAsync(string layer)
    {
        await using var lambda = Start(layer);

        var (exitCode, initError) = await lambda.FailedStartAsync();

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith("ParquetSharp cannot be loaded for ", initError, StringComparison.Ordinal);
        Assert.Contains(
            "Attach the layer that build-layers.sh built for this architecture and this version", initError,
            StringComparison.Ordinal);
        Assert.Contains(lambda.Lines, line => line.Contains("\"level\":\"Critical\"", StringComparison.Ordinal)
            && line.Contains("build-layers.sh", StringComparison.Ordinal));
    }

    /// <summary>
    /// .NET's host misses a file of the manifest in the store, and reports that before any code runs.
    /// </summary>
    private async Task CheckHostAsync(string layer, string package)
    {
        await using var lambda = Start(layer);

        var (exitCode, _) = await lambda.FailedStartAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"package: '{package}'", lambda.Said, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("ParquetSharp-layer-of-build-layers.sh", lambda.Said, StringComparison.Ordinal);
    }

    private LambdaProcess Start(string layer) =>
        new(function.Task, layer, "JSON", ("SRC_BUCKET", "source"), ("DST_BUCKET", "destination"));

    private TemporaryDirectory CopyOfLayer()
    {
        var copy = new TemporaryDirectory();
        foreach (string path in Directory.EnumerateFiles(function.Layer, "*", SearchOption.AllDirectories))
        {
            string target = copy[Path.GetRelativePath(function.Layer, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        return copy;
    }

    private static string Find(string layer, string file) =>
        Assert.Single(Directory.EnumerateFiles(layer, file, SearchOption.AllDirectories));
}
