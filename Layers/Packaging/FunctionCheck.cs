using System.Text;
using System.Text.Json;

namespace CloudTrailAggregation.Layers;

/// <summary>
/// Checks that a published function is ready for Lambda: without the layer's files, with the layer's probing path, and
/// with AWS's own packages.
/// </summary>
public static class FunctionCheck
{
    private const string ProbingPath = "/opt/dotnetcore/store/|arch|/|tfm|";

    private static readonly string[] AssetKinds = ["runtime", "native"];

    /// <summary>The reasons not to deploy the function (a zip or a directory); empty if it is sound.</summary>
    public static List<string> Run(string path, bool standInAllowed) => Run(new Package(path), standInAllowed);

    internal static List<string> Run(Package function, bool standInAllowed)
    {
        var reasons = function.Paths
            .Where(file => BelongsToLayer(Path.GetFileName(file)))
            .Select(file => $"{file} belongs to the layer; the function must be published with Layers/Layer.targets")
            .ToList();
        if (function.ZipBytes > RuntimeImage.MaxZipBytes)
        {
            reasons.Add($"the zip has {function.ZipBytes:N0} bytes, Lambda takes {RuntimeImage.MaxZipBytes:N0}");
        }

        if (!standInAllowed && function.Find("LambdaStandIn.dll") is not null)
        {
            reasons.Add(
                "LambdaStandIn.dll is for tests and does not run on Lambda; publish with AWS's packages, "
                + "or ask for it with --lambda-packages stand-in");
        }

        string? path = function.Paths
            .FirstOrDefault(file => file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal));
        string configuration = path is null ? "" : Encoding.UTF8.GetString(function.Find(path)!);
        if (!configuration.Contains(ProbingPath, StringComparison.Ordinal))
        {
            reasons.Add(
                $"runtimeconfig.json does not name {ProbingPath} in additionalProbingPaths, "
                + "so the layer would not be found");
        }

        if (LayerPackages(function).Count == 0)
        {
            reasons.Add("deps.json names no package of the layer");
        }

        return reasons;
    }

    /// <summary>
    /// The packages that the function expects in the layer (id/version, with their files), from its deps.json.
    /// </summary>
    internal static Dictionary<string, string[]> LayerPackages(Package function)
    {
        using var deps = Deps(function);
        if (deps is null)
        {
            return [];
        }

        var target = deps.RootElement.GetProperty("targets").GetProperty(RuntimeTarget(deps));
        return deps.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.TryGetProperty("runtimeStoreManifestName", out _))
            .ToDictionary(
                library => library.Name, library => Assets(target.GetProperty(library.Name)), StringComparer.Ordinal);
    }

    /// <summary><c>x64</c> or <c>arm64</c>; null if deps.json does not name it.</summary>
    internal static string? Architecture(Package function)
    {
        using var deps = Deps(function);
        return deps is not null && RuntimeTarget(deps).Split("/linux-") is [_, var architecture]
            ? architecture
            : null;
    }

    private static JsonDocument? Deps(Package function) =>
        function.Paths.FirstOrDefault(file => file.EndsWith(".deps.json", StringComparison.Ordinal)) is { } path
            ? JsonDocument.Parse(function.Find(path))
            : null;

    private static string RuntimeTarget(JsonDocument deps) =>
        deps.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;

    private static string[] Assets(JsonElement library) =>
    [
        .. AssetKinds
            .Where(kind => library.TryGetProperty(kind, out _))
            .SelectMany(kind => library.GetProperty(kind).EnumerateObject().Select(asset => asset.Name)),
    ];

    private static bool BelongsToLayer(string name) =>
        name.StartsWith("ParquetSharp", StringComparison.Ordinal)
        || name.StartsWith("Apache.Arrow", StringComparison.Ordinal)
        || name.EndsWith(".so", StringComparison.Ordinal);
}
