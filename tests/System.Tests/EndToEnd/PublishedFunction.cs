using System.IO.Compression;
using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Runtime;
using Xunit;

namespace CloudTrailAggregation.Tests.EndToEnd;

/// <summary>The tests that share the published function; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PublishedFunctionTests : ICollectionFixture<PublishedFunction>
{
    public const string Name = "The published function";
}

/// <summary>
/// The function and the layers that build-layers.sh makes, unpacked: built here with the stand-in, or taken from the
/// directory in CLOUDTRAIL_ZIPS. With AWS's packages, from any feed that has them:
/// <code>
/// RestoreAdditionalProjectSources=FEED ./build-layers.sh --engine none --function --output ZIPS
/// ./build-layers.sh --engine none --output ZIPS
/// CLOUDTRAIL_ZIPS=ZIPS CLOUDTRAIL_REQUIRE_ALL=1 dotnet test --project tests/System.Tests \
///     --filter-namespace CloudTrailAggregation.Tests.EndToEnd
/// </code>
/// </summary>
public sealed class PublishedFunction : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private InstalledFunction? _installed;

    /// <summary>The directory of the zips.</summary>
    public string Zips { get; private set; } = "";

    /// <summary>The directory for /var/task.</summary>
    public string Task => _installed!.Task;

    /// <summary>The directory for /opt.</summary>
    public string Layer => _installed!.Layer;

    /// <summary>The layer of the other architecture.</summary>
    public string OtherLayer => _directory["other"];

    public async ValueTask InitializeAsync()
    {
        if (!TestRun.RequiresAll)
        {
            return;
        }

        Zips = Environment.GetEnvironmentVariable("CLOUDTRAIL_ZIPS") ?? await BuildAsync();
        _installed = await InstalledFunction.UnpackAsync(Zips, _directory.Path);
        await ZipFile.ExtractToDirectoryAsync(
            $"{Zips}/parquetsharp-layer-{LambdaMachine.Current.Other}.zip", OtherLayer);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> BuildAsync()
    {
        string zips = _directory["zips"];
        await InstalledFunction.BuildAsync(zips, layers: "all");
        return zips;
    }
}
