using System.Security.Cryptography;
using System.Text.Json;

namespace CloudTrailAggregation.Tests.Layers;

/// <summary>
/// A sound layer and its function, made of the libraries beside the tests, for tests that damage them.
/// </summary>
internal sealed class SampleLayer : IDisposable
{
    public const string Managed = "parquetsharp/25.0.1.2/lib/net8.0/ParquetSharp.dll";
    public const string Arrow = "apache.arrow/22.1.0/lib/net8.0/Apache.Arrow.dll";

    private readonly TemporaryDirectory _directory = new();
    private readonly string _architecture;

    public SampleLayer(string architecture = "x64")
    {
        _architecture = architecture;
        Add(Managed, File.ReadAllBytes(Beside("ParquetSharp.dll")));
        Add(Arrow, File.ReadAllBytes(Beside("Apache.Arrow.dll")));
        Add(Native, NativeLibrary(architecture));
        WriteFunction();
    }

    public string Native => $"parquetsharp/25.0.1.2/runtimes/linux-{_architecture}/native/ParquetSharpNative.so";

    public string Layer => _directory["layer"];

    public string Function => _directory["function"];

    public string Zip => _directory["layer.zip"];

    public static byte[] NativeLibrary(string architecture) =>
        File.ReadAllBytes(Beside($"runtimes/linux-{architecture}/native/ParquetSharpNative.so"));

    /// <summary>Puts a file into the store and into SHA256SUMS.</summary>
    public void Add(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InStore(path))!);
        File.WriteAllBytes(InStore(path), content);
        File.AppendAllText(InStore("SHA256SUMS"), $"{Convert.ToHexString(SHA256.HashData(content))}  {path}\n");
    }

    /// <summary>Removes a file from the store and from SHA256SUMS.</summary>
    public void Forget(string path)
    {
        File.Delete(InStore(path));
        File.WriteAllLines(InStore("SHA256SUMS"), [.. File.ReadAllLines(InStore("SHA256SUMS"))
            .Where(line => !line.EndsWith(path, StringComparison.Ordinal))]);
    }

    public void Replace(string path, byte[] content)
    {
        Forget(path);
        Add(path, content);
    }

    public string InStore(string path) => Path.Combine(Layer, "dotnetcore/store", _architecture, "net10.0", path);

    public void Dispose() => _directory.Dispose();

    private static string Beside(string path) => Path.Combine(AppContext.BaseDirectory, path);

    private void WriteFunction()
    {
        Directory.CreateDirectory(Function);
        File.WriteAllText(
            Path.Combine(Function, "F.runtimeconfig.json"),
            """{"runtimeOptions":{"additionalProbingPaths":["/opt/dotnetcore/store/|arch|/|tfm|"]}}""");
        File.WriteAllText(Path.Combine(Function, "F.deps.json"), JsonSerializer.Serialize(new
        {
            runtimeTarget = new { name = $".NETCoreApp,Version=v10.0/linux-{_architecture}" },
            targets = new Dictionary<string, object>
            {
                [$".NETCoreApp,Version=v10.0/linux-{_architecture}"] = new Dictionary<string, object>
                {
                    ["ParquetSharp/25.0.1.2"] = new
                    {
                        runtime = new Dictionary<string, object> { ["lib/net8.0/ParquetSharp.dll"] = new() },
                        native = new Dictionary<string, object>
                        {
                            [$"runtimes/linux-{_architecture}/native/ParquetSharpNative.so"] = new(),
                        },
                    },
                    ["Apache.Arrow/22.1.0"] =
                        new { runtime = new Dictionary<string, object> { ["lib/net8.0/Apache.Arrow.dll"] = new() } },
                },
            },
            libraries = new Dictionary<string, object>
            {
                ["ParquetSharp/25.0.1.2"] = new { runtimeStoreManifestName = "layer.xml" },
                ["Apache.Arrow/22.1.0"] = new { runtimeStoreManifestName = "layer.xml" },
            },
        }));
    }
}
