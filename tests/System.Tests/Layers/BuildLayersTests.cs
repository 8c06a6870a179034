using System.IO.Compression;
using System.Security.Cryptography;
using CloudTrailAggregation.Layers;
using Xunit;

namespace CloudTrailAggregation.Tests.Layers;

[Trait("Category", TestRun.Full)]
public class BuildLayersTests(BuiltZips zips) : IClassFixture<BuiltZips>
{
    private static readonly string[] Architectures = ["x86_64", "arm64"];

    [Fact]
    public void The_function_is_published_thin_and_compiled_ahead_for_each_architecture()
    {
        TestRun.RequireFull();
        foreach (string architecture in Architectures)
        {
            using var zip = ZipFile.OpenRead($"{zips.First}/cloudtrail-aggregation-{architecture}.zip");
            string[] names = zip.Entries.Select(entry => entry.FullName).ToArray();

            Assert.Contains("CloudTrailAggregation.dll", names);
            Assert.DoesNotContain(names, name => name.StartsWith("ParquetSharp", StringComparison.Ordinal)
                || name.StartsWith("Apache.Arrow", StringComparison.Ordinal));
            Assert.DoesNotContain(names, name => Path.GetExtension(name) is not (".dll" or ".json" or ".xml"));
            foreach (var assembly in zip.Entries.Where(
                entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal) && entry.Name != "LambdaStandIn.dll"))
            {
                Assert.Equal(ReadyToRunMachine(architecture), Machine(assembly));
            }
        }
    }

    [Fact]
    public void The_layers_are_sound_compiled_ahead_and_those_of_the_function()
    {
        TestRun.RequireFull();
        foreach (string architecture in Architectures)
        {
            string layer = $"{zips.First}/parquetsharp-layer-{architecture}.zip";

            Assert.Empty(LayerCheck.Run(layer, $"{zips.First}/cloudtrail-aggregation-{architecture}.zip"));
            using var zip = ZipFile.OpenRead(layer);
            Assert.Equal(2, zip.Entries.Count(entry => entry.Name == "LICENSE.txt"));
            Assert.All(
                zip.Entries.Where(entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal)),
                assembly => Assert.Equal(ReadyToRunMachine(architecture), Machine(assembly)));
        }
    }

    [Fact]
    public void Built_twice_in_different_folders_each_zip_has_the_same_bytes()
    {
        TestRun.RequireFull();

        string[] names = Directory.EnumerateFiles(zips.First).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal).ToArray();

        string[] zipped =
        [
            "cloudtrail-aggregation-arm64", "cloudtrail-aggregation-x86_64", "parquetsharp-layer-arm64",
            "parquetsharp-layer-x86_64",
        ];
        Assert.Equal(zipped.SelectMany(name => new[] { $"{name}.contents.txt", $"{name}.zip" }), names);
        foreach (string? name in names)
        {
            Assert.Equal(Hash(Path.Combine(zips.First, name)), Hash(Path.Combine(zips.Second, name)));
        }
    }

    [Fact]
    public async Task The_list_beside_each_zip_is_what_sha256sum_checks_where_it_was_unpacked()
    {
        TestRun.RequireFull();
        foreach (string zip in Directory.EnumerateFiles(zips.First, "*.zip"))
        {
            using var unpacked = new TemporaryDirectory();
            await ZipFile.ExtractToDirectoryAsync(zip, unpacked.Path, TestContext.Current.CancellationToken);

            var (exitCode, said) = await Command.RunAsync(
                "sha256sum", ["--check", "--strict", Path.ChangeExtension(zip, ".contents.txt")],
                directory: unpacked.Path);

            Assert.True(exitCode == 0, said);
            Assert.Equal(
                Directory.EnumerateFiles(unpacked.Path, "*", SearchOption.AllDirectories).Count(),
                said.Split('\n').Count(line => line.EndsWith(": OK", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Check_layer_tells_a_sound_layer_a_wrong_one_and_no_layer_apart()
    {
        TestRun.RequireFull();
        using var directory = new TemporaryDirectory();
        string layer = $"{zips.First}/parquetsharp-layer-arm64.zip";

        var sound = await Command.RunAsync(
            $"{Repository.Root}/Layers/check-layer", [layer, $"{zips.First}/cloudtrail-aggregation-arm64.zip"],
            directory: directory.Path);
        var wrong = await Command.RunAsync(
            $"{Repository.Root}/Layers/check-layer", [layer, $"{zips.First}/cloudtrail-aggregation-x86_64.zip"],
            directory: directory.Path);
        var none = await Command.RunAsync(
            $"{Repository.Root}/Layers/check-layer", [directory["none.zip"]], directory: directory.Path);

        Assert.Equal((0, ""), (sound.ExitCode, sound.Said));
        Assert.Equal(
            (1, $"{layer}: the function is published for x64, the layer is for arm64\n"), (wrong.ExitCode, wrong.Said));
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("none.zip", none.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_not_the_layers_stops_the_publish()
    {
        TestRun.RequireFull();
        using var directory = new TemporaryDirectory();
        BuiltZips.CopySources(directory.Path);
        string project = await File.ReadAllTextAsync(
            directory["Layers/Probe/Probe.csproj"], TestContext.Current.CancellationToken);

        // The tests themselves use 23.0.0.
        await File.WriteAllTextAsync(
            directory["Layers/Probe/Probe.csproj"],
            project.Replace(
                "</Project>",
                """
                <ItemGroup><PackageReference Update="Apache.Arrow" VersionOverride="23.0.0" /></ItemGroup>
                </Project>
                """,
                StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        // Otherwise the lock file would refuse the other version first.
        string[] publish =
        [
            "publish", "Layers/Probe", "-c", "Release", "-r", "linux-x64", "-p:RestoreLockedMode=false",
            "-p:UseSharedCompilation=false", "-nodeReuse:false",
        ];
        var (exitCode, output) = await Command.RunAsync("dotnet", publish, directory: directory.Path);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            "Probe would be published with files of Apache.Arrow, which belong to the layer", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_leaves_nothing_behind()
    {
        TestRun.RequireFull();
        using var directory = new TemporaryDirectory();
        BuiltZips.CopySources(directory["sources"]);
        Directory.CreateDirectory(directory["temporary"]);

        await File.AppendAllTextAsync(
            directory["sources/Layers/Probe/Program.cs"], "this does not compile",
            TestContext.Current.CancellationToken);
        var (exitCode, output) = await Command.RunAsync(
            "./build-layers.sh", ["--engine", "none", "--output", directory["out"]], directory: directory["sources"],
            environment: [("TMPDIR", directory["temporary"])]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Program.cs", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory["out"]));
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(directory["temporary"]),
            path => Path.GetFileName(path).StartsWith("tmp.", StringComparison.Ordinal));
        Assert.False(Directory.Exists(directory["sources/Layers/obj"]));
    }

    // IL XOR machine, see LayerCheck.
    private static int ReadyToRunMachine(string architecture) => (architecture == "arm64" ? 0xaa64 : 0x8664) ^ 0x7b79;

    private static int Machine(ZipArchiveEntry assembly)
    {
        using var bytes = new MemoryStream();
        using (var stream = assembly.Open())
        {
            stream.CopyTo(bytes);
        }

        return BitConverter.ToUInt16(bytes.GetBuffer(), BitConverter.ToInt32(bytes.GetBuffer(), 0x3c) + 4);
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
