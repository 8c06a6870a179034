using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace CloudTrailAggregation.Layers;

/// <summary>Checks that a layer would load on Lambda, before anybody publishes it.</summary>
public static class LayerCheck
{
    private const string Root = "dotnetcore/store/";
    private const string Framework = "net10.0";
    private const string FileList = "SHA256SUMS";

    // Linux ReadyToRun images contain the machine's number XOR this:
    // https://github.com/dotnet/runtime/blob/main/docs/design/coreclr/botr/readytorun-format.md
    private const int LinuxMachineMask = 0x7b79;

    private static readonly string[] Required = ["ParquetSharp.dll", "ParquetSharpNative.so", "Apache.Arrow.dll"];

    /// <summary>
    /// The reasons why the layer would not run, alone or with the function (zips or directories); empty if it is sound.
    /// </summary>
    /// <exception cref="IOException">A path cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not a zip.</exception>
    public static List<string> Run(string layerPath, string? functionPath)
    {
        var layer = new Package(layerPath);
        if (Architectures(layer) is not [var architecture])
        {
            return
            [
                $"not a layer of one architecture: {Root} should have x64/{Framework} or arm64/{Framework} "
                + "and nothing else",
            ];
        }

        string store = $"{Root}{architecture}/{Framework}/";
        var reasons = new List<string>();
        reasons.AddRange(MissingFiles(layer, store));
        reasons.AddRange(Files(layer, ".so").SelectMany(file => Unloadable(file.Path, file.Bytes, architecture)));
        reasons.AddRange(Files(layer, ".dll").SelectMany(file => WrongMachine(file.Path, file.Bytes, architecture)));
        if (layer.ZipBytes > RuntimeImage.MaxZipBytes)
        {
            reasons.Add($"the zip has {layer.ZipBytes:N0} bytes, Lambda takes {RuntimeImage.MaxZipBytes:N0}");
        }

        var function = functionPath is null ? null : new Package(functionPath);
        if (function is not null)
        {
            reasons.AddRange(FunctionCheck.Run(function, standInAllowed: true));
            reasons.AddRange(NotForFunction(layer, function, store, architecture));
        }

        long unpacked = layer.UnpackedBytes + (function?.UnpackedBytes ?? 0);
        if (unpacked > RuntimeImage.MaxUnpackedBytes)
        {
            string what = function is null ? "the layer has" : "function and layer have";
            reasons.Add($"unpacked, {what} {unpacked:N0} bytes, Lambda takes {RuntimeImage.MaxUnpackedBytes:N0}");
        }

        return reasons;
    }

    private static string[] Architectures(Package layer) =>
    [
        .. layer.Paths
            .Where(path => path.StartsWith(Root, StringComparison.Ordinal))
            .Select(path => path.Split('/')[2])
            .Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<(string Path, byte[] Bytes)> Files(Package layer, string suffix) =>
        layer.Paths
            .Where(path => path.EndsWith(suffix, StringComparison.Ordinal))
            .Select(path => (path, layer.Find(path)!));

    private static IEnumerable<string> MissingFiles(Package layer, string store)
    {
        foreach (string name in Required)
        {
            if (!layer.Paths.Any(path => path.EndsWith('/' + name, StringComparison.Ordinal)))
            {
                yield return $"{name} is missing";
            }
        }

        if (layer.Find(store + FileList) is not { } list)
        {
            yield return $"{store}{FileList} is missing";
            yield break;
        }

        string[] lines = Encoding.UTF8.GetString(list)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string line in lines)
        {
            var (hash, path) = (line.Split("  ")[0], line.Split("  ")[^1]);
            if (layer.Find(store + path) is not { } file)
            {
                yield return $"{path} of {FileList} is missing";
            }
            else if (!Convert.ToHexString(SHA256.HashData(file)).Equals(hash, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{path} is not the file of {FileList}: its SHA-256 differs";
            }
        }
    }

    private static IEnumerable<string> Unloadable(string path, byte[] file, string architecture)
    {
        try
        {
            var library = new SharedObject(file);
            return
            [
                .. library.Architecture == architecture
                    ? Array.Empty<string>()
                    : [$"{path} is built for {library.Architecture}, the layer is for {architecture}"],
                .. library.Libraries
                    .Where(name => !RuntimeImage.HasLibrary(name))
                    .Select(name => $"{path} needs {name}, which the runtime image lacks"),
                .. library.SymbolVersions
                    .Where(version => !RuntimeImage.HasSymbolVersion(version))
                    .Distinct(StringComparer.Ordinal)
                    .Select(version => $"{path} needs {version}, which Amazon Linux 2023 lacks"),
            ];
        }
        catch (InvalidDataException error)
        {
            return [$"{path}: {error.Message}"];
        }
    }

    private static IEnumerable<string> WrongMachine(string path, byte[] file, string architecture)
    {
        using var image = new PEReader(new MemoryStream(file));
        var target = architecture == "x64" ? Machine.Amd64 : Machine.Arm64;
        ushort expected = (ushort)((int)target ^ LinuxMachineMask);
        ushort machine = (ushort)image.PEHeaders.CoffHeader.Machine;
        if (machine != expected && machine != (ushort)Machine.I386) // IL for any machine has I386 here.
        {
            yield return $"{path} is compiled for machine {machine:x4}, linux-{architecture} is {expected:x4}";
        }
    }

    private static IEnumerable<string> NotForFunction(
        Package layer, Package function, string store, string architecture)
    {
        if (FunctionCheck.Architecture(function) is { } wanted && wanted != architecture)
        {
            yield return $"the function is published for {wanted}, the layer is for {architecture}";
            yield break;
        }

        foreach (var (package, files) in FunctionCheck.LayerPackages(function))
        {
#pragma warning disable CA1308 // NuGet's folders are in lower case.
            var (id, version) = (package.Split('/')[0].ToLowerInvariant(), package.Split('/')[1]);
#pragma warning restore CA1308
            string[] versions =
            [
                .. layer.Paths
                    .Where(path => path.StartsWith($"{store}{id}/", StringComparison.Ordinal))
                    .Select(path => path[store.Length..].Split('/')[1])
                    .Distinct(StringComparer.Ordinal),
            ];
            if (!versions.Contains(version, StringComparer.Ordinal))
            {
                string found = versions.Length == 0 ? "none" : string.Join(", ", versions);
                yield return $"the function wants {package}, the layer has {found}";
            }
            else
            {
                foreach (string file in files.Where(file => layer.Find($"{store}{id}/{version}/{file}") is null))
                {
                    yield return $"{package}: {file}, which the function's deps.json names, is missing";
                }
            }
        }
    }
}
