using System.IO.Compression;
using CloudTrailAggregation.Tests.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>Tests that share it, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PublishedFunctionTests : ICollectionFixture<PublishedFunction>
{
    public const string Name = "The published function";
}

/// <summary>
/// The function and the layers as build-layers.sh makes them, unpacked: built here with the stand-in, or those of the
/// directory that CLOUDTRAIL_ZIPS names. With AWS's own packages, from any feed that has them:
/// <code>
/// RestoreAdditionalProjectSources=FEED ./build-layers.sh --engine none --function --output ZIPS
/// ./build-layers.sh --engine none --output ZIPS
/// CLOUDTRAIL_ZIPS=ZIPS CLOUDTRAIL_REQUIRE_ALL=1 dotnet test --project tests/System.Tests --filter-namespace CloudTrailAggregation.Tests.EndToEnd
/// </code>
/// </summary>
public sealed class PublishedFunction : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>Where the zips are.</summary>
    public string Zips { get; private set; } = "";

    /// <summary>What is /var/task.</summary>
    public string Task => _directory["task"];

    /// <summary>What is /opt.</summary>
    public string Layer => _directory["layer"];

    /// <summary>The other architecture's.</summary>
    public string OtherLayer => _directory["other"];

    public async ValueTask InitializeAsync()
    {
        if (!TestRun.RequiresAll)
        {
            return;
        }

        Zips = Environment.GetEnvironmentVariable("CLOUDTRAIL_ZIPS") ?? await BuildAsync();
        var machine = LambdaMachine.Current;
        await ZipFile.ExtractToDirectoryAsync($"{Zips}/cloudtrail-aggregation-{machine.Architecture}.zip", Task);
        await ZipFile.ExtractToDirectoryAsync($"{Zips}/parquetsharp-layer-{machine.Architecture}.zip", Layer);
        await ZipFile.ExtractToDirectoryAsync($"{Zips}/parquetsharp-layer-{machine.Other}.zip", OtherLayer);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> BuildAsync()
    {
        string zips = _directory["zips"];
        string[] options = ["--engine", "none", "--output", zips];
        foreach (string[] mode in new string[][] { [], ["--arch", LambdaMachine.Current.Architecture, "--function", "--lambda-packages", "stand-in"] })
        {
            var (exitCode, output) = await Command.RunAsync("./build-layers.sh", [.. options, .. mode]);
            Assert.True(exitCode == 0, output);
        }

        return zips;
    }
}
